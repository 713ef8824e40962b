using System.Diagnostics.CodeAnalysis;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>Reads tokens one by one, and says what it would rather have found.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int _place;
    private int _depth;

    public Token Next => tokens[_place];

    public Token Take() => tokens[_place < tokens.Count - 1 ? _place++ : _place];

    public bool IsWord(string word) => Next.Kind == TokenKind.Name && Next.Text == word;

    public bool IsSign(string sign) => Next.Kind == TokenKind.Sign && Next.Text == sign;

    public bool TakeWordIf(string word)
    {
        var isThere = IsWord(word);
        _place += isThere ? 1 : 0;
        return isThere;
    }

    public bool TakeSignIf(string sign)
    {
        var isThere = IsSign(sign);
        _place += isThere ? 1 : 0;
        return isThere;
    }

    public void TakeWord(string word)
    {
        if (!TakeWordIf(word))
        {
            Refuse(Phrases.Same($"'{word}'"));
        }
    }

    public void TakeSign(string sign)
    {
        if (!TakeSignIf(sign))
        {
            Refuse(Phrases.Same($"'{sign}'"));
        }
    }

    public Token TakeKind(TokenKind kind, BilingualText expected) => Next.Kind == kind ? Take() : Refuse<Token>(expected);

    /// <summary>One of some words.</summary>
    public T TakeOneOf<T>(IReadOnlyDictionary<string, T> words, BilingualText what)
    {
        if (Next.Kind == TokenKind.Name && words.TryGetValue(Next.Text, out var value))
        {
            Take();
            return value;
        }

        return Refuse<T>(Phrases.OneOf(what, words.Keys));
    }

    /// <summary>A number with its unit of time.</summary>
    public long TakeDuration()
    {
        var number = TakeKind(TokenKind.Number, new("une durée comme 10 min, 2 h ou 1 d", "a duration such as 10 min, 2 h or 1 d"));
        return UnitIf() is { } unit ? Duration(number, unit) : Refuse<long>(new("une unité de temps : s, min, h ou d", "a unit of time: s, min, h or d"));
    }

    /// <summary>The unit of time that stands here, taken; null for none.</summary>
    public long? UnitIf()
    {
        foreach (var (word, milliseconds) in Vocabulary.Units)
        {
            if (TakeWordIf(word))
            {
                return milliseconds;
            }
        }

        return null;
    }

    public static long Duration(Token number, long unit)
    {
        // As it is written: 0.1 s is 100 ms and no other number.
        var milliseconds = (decimal)number.Number * unit;
        const long Days = RuleLimits.Duration / 86_400_000;
        return milliseconds <= RuleLimits.Duration && milliseconds == Math.Floor(milliseconds)
            ? (long)milliseconds
            : throw new RuleFaultException(new RuleFault(
                number.At, number.Shown, new($"une durée d’au plus {Days} d en millisecondes entières", $"a duration of at most {Days} d in whole milliseconds")));
    }

    /// <summary>One level deeper.</summary>
    public void Enter()
    {
        if (++_depth > RuleLimits.Depth)
        {
            throw new RuleFaultException(new RuleFault(
                Next.At,
                new("un niveau de plus", "another level"),
                new($"au plus {RuleLimits.Depth} niveaux de parenthèses, 'not' et signes", $"at most {RuleLimits.Depth} levels of parentheses, 'not' and signs")));
        }
    }

    public void Leave() => _depth--;

    [DoesNotReturn]
    public void Refuse(BilingualText expected) => throw new RuleFaultException(new RuleFault(Next.At, Next.Shown, expected));

    [DoesNotReturn]
    public T Refuse<T>(BilingualText expected) => throw new RuleFaultException(new RuleFault(Next.At, Next.Shown, expected));
}
