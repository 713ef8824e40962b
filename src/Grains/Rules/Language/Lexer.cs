using System.Globalization;
using System.Text;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>Kinds of token.</summary>
internal enum TokenKind
{
    End,

    /// <summary>A word or a name.</summary>
    Name,

    /// <summary>A number without a sign.</summary>
    Number,

    /// <summary>A text in double quotes.</summary>
    Quoted,

    /// <summary>Hours and minutes, such as 22:30.</summary>
    Time,

    /// <summary>Anything else.</summary>
    Sign,
}

/// <summary>A token of a rule's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written; of a quoted text, what it says.</param>
/// <param name="Number">Its number; of a time, minutes.</param>
/// <param name="At">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, double Number, Origin At)
{
    /// <summary>For people.</summary>
    public BilingualText Shown => Kind switch
    {
        TokenKind.End => new("la fin", "the end"),
        TokenKind.Quoted => Phrases.Same($"\"{(Text.Length > 40 ? Text[..40] + "..." : Text)}\""),
        _ => Phrases.Same($"'{(Text.Length > 40 ? Text[..40] + "..." : Text)}'"),
    };
}

/// <summary>Cuts a rule's text into tokens.</summary>
internal static class Lexer
{
    private const string Signs = "()+-*/<>=!,:%";

    /// <exception cref="RuleFaultException">Something stands there that is no token.</exception>
    public static List<Token> Cut(string text)
    {
        if (text.Length > RuleLimits.TextLength)
        {
            throw new RuleFaultException(new RuleFault(new Origin(1, 1, null), TextOf(text.Length), Phrases.AtMost(RuleLimits.TextLength)));
        }

        var tokens = new List<Token>();
        var (place, line, start) = (0, 1, 0);
        while (place < text.Length)
        {
            var character = text[place];
            if (character == '\n')
            {
                (line, start) = (line + 1, place + 1);
            }

            if (character is ' ' or '\t' or '\r' or '\n')
            {
                place++;
                continue;
            }

            var at = new Origin(line, place - start + 1, null);
            tokens.Add(char.IsAsciiLetter(character) ? NameAt(text, ref place, at)
                : char.IsAsciiDigit(character) ? NumberAt(text, ref place, at)
                : character == '"' ? QuotedAt(text, ref place, at)
                : SignAt(text, ref place, at));
        }

        tokens.Add(new Token(TokenKind.End, "", 0, new Origin(line, place - start + 1, null)));
        return tokens;
    }

    private static Token NameAt(string text, ref int place, Origin at)
    {
        var from = place;
        while (place < text.Length && (char.IsAsciiLetterOrDigit(text[place]) || text[place] is '_' or '.'))
        {
            place++;
        }

        return new Token(TokenKind.Name, text[from..place], 0, at);
    }

    private static Token NumberAt(string text, ref int place, Origin at)
    {
        var from = place;
        SkipDigits(text, ref place);
        if (place < text.Length && text[place] == ':' && place - from <= 2 && place + 2 < text.Length && char.IsAsciiDigit(text[place + 1]) && char.IsAsciiDigit(text[place + 2]))
        {
            return TimeAt(text, from, ref place, at);
        }

        if (place + 1 < text.Length && text[place] == '.' && char.IsAsciiDigit(text[place + 1]))
        {
            place++;
            var decimals = place;
            SkipDigits(text, ref place);
            if (place - decimals > RuleLimits.Decimals)
            {
                throw new RuleFaultException(new RuleFault(at, Phrases.Same($"'{Short(text[from..place])}'"), Phrases.FewDecimals));
            }
        }

        var number = double.Parse(text.AsSpan(from, place - from), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return number <= RuleLimits.Number
            ? new Token(TokenKind.Number, text[from..place], number, at)
            : throw new RuleFaultException(new RuleFault(at, Phrases.Same($"'{Short(text[from..place])}'"), new("un nombre d’au plus 1000000000000", "a number of at most 1000000000000")));
    }

    private static Token TimeAt(string text, int from, ref int place, Origin at)
    {
        var hours = int.Parse(text.AsSpan(from, place - from), NumberStyles.None, CultureInfo.InvariantCulture);
        var minutes = int.Parse(text.AsSpan(place + 1, 2), NumberStyles.None, CultureInfo.InvariantCulture);
        place += 3;
        return hours <= 23 && minutes <= 59
            ? new Token(TokenKind.Time, text[from..place], (hours * 60) + minutes, at)
            : throw new RuleFaultException(new RuleFault(at, Phrases.Same($"'{text[from..place]}'"), new("une heure de 00:00 à 23:59", "a time from 00:00 to 23:59")));
    }

    private static Token QuotedAt(string text, ref int place, Origin at)
    {
        var said = new StringBuilder();
        for (place++; place < text.Length; place++)
        {
            var character = text[place];
            if (character == '"')
            {
                place++;
                return said.Length is > 0 and <= RuleLimits.QuotedLength
                    ? new Token(TokenKind.Quoted, said.ToString(), 0, at)
                    : throw new RuleFaultException(new RuleFault(
                        at, TextOf(said.Length), new($"1 à {RuleLimits.QuotedLength} caractères entre guillemets", $"1 to {RuleLimits.QuotedLength} characters in quotes")));
            }

            if (character == '\\' && place + 1 < text.Length && text[place + 1] is '"' or '\\')
            {
                character = text[++place];
            }
            else if (Refuses(character))
            {
                break;
            }

            said.Append(character);
        }

        throw new RuleFaultException(new RuleFault(
            at,
            new("un texte sans fin", "a text without an end"),
            new("un '\"' fermant sur la même ligne, et \\\" ou \\\\ pour ces signes dans le texte", "a closing '\"' on the same line, and \\\" or \\\\ for these signs in it")));
    }

    /// <summary>True for what no text in quotes may have as it is.</summary>
    public static bool Refuses(char character) => character == '\\' || char.IsControl(character) || char.IsSurrogate(character);

    private static Token SignAt(string text, ref int place, Origin at)
    {
        var character = text[place];
        if (!Signs.Contains(character))
        {
            var signs = string.Join(' ', Signs.ToCharArray());
            throw new RuleFaultException(new RuleFault(
                at,
                char.IsControl(character) || char.IsSurrogate(character) ? new($"le caractère {(int)character:x4}", $"character {(int)character:x4}") : Phrases.Same($"'{character}'"),
                new($"un mot, un nombre, un texte entre guillemets ou l’un de {signs}", $"a word, a number, a text in quotes or one of {signs}")));
        }

        place++;
        if (character is '<' or '>' or '!' && place < text.Length && text[place] == '=')
        {
            place++;
            return new Token(TokenKind.Sign, character + "=", 0, at);
        }

        return new Token(TokenKind.Sign, character.ToString(), 0, at);
    }

    private static void SkipDigits(string text, ref int place)
    {
        while (place < text.Length && char.IsAsciiDigit(text[place]))
        {
            place++;
        }
    }

    private static BilingualText TextOf(int length) => new($"un texte de {length} caractères", $"a text of {length} characters");

    private static string Short(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
