using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>What follows from rules that begin and cease to hold, as data. Pure: the same entry gives the same, with the same ids.</summary>
internal static class RuleEffectsOf
{
    /// <summary>The effects of what rules did by one entry.</summary>
    /// <param name="firings">What they did, in order.</param>
    /// <param name="device">The device.</param>
    /// <param name="kind">Its trade.</param>
    /// <param name="offset">The entry's offset in the log of its sector.</param>
    /// <param name="cause">How what the device does now came about; what a rule waited for has the cause of its own beginning.</param>
    /// <param name="where">For people: on what a rule is suspended; null for the word of the kind.</param>
    public static ImmutableArray<DeviceEffect> Firings(IReadOnlyList<RuleFiring> firings, string device, DeviceKind kind, long offset, RuleChain cause, string? where = null)
    {
        var effects = ImmutableArray.CreateBuilder<DeviceEffect>();
        for (var place = 0; place < firings.Count; place++)
        {
            var firing = firings[place];
            switch (firing.Change)
            {
                case RuleChange.Begins:
                    for (var number = 0; number < firing.Rule.Rule.Then.Count; number++)
                    {
                        var hash = Fingerprint.OfAction(firing.Rule.Key, device, offset, (place * RuleLimits.Actions) + number);
                        effects.Add(Begin(firing, firing.Rule.Rule.Then.Items[number], hash, cause));
                    }

                    break;
                case RuleChange.Ends:
                    End(firing, device, offset, place, effects);
                    break;
                case RuleChange.Fails:
                    effects.Add(new RuleAlarm
                    {
                        Rule = firing.Rule.Id,
                        Condition = firing.Rule.AlarmCondition,
                        Active = true,
                        At = At(firing),
                        Message = $"Rule {firing.Rule.Id} failed and is suspended on this {where ?? Vocabulary.Word(kind)}",
                        Priority = AlarmPriority.Medium,
                        Class = AlarmClass.System,
                    });
                    break;
            }
        }

        return effects.DrainToImmutable();
    }

    private static DeviceEffect Begin(RuleFiring firing, ActionTerm action, string hash, RuleChain cause)
    {
        var (rule, at) = (firing.Rule, At(firing));
        cause = RuleChain.Of(rule.Id, firing.Cause, cause);
        var (id, chain) = (IdOf(hash), cause.With(rule.Id));
        return action switch
        {
            RaiseAlarm raise => Alarm(firing, raise, true),
            ClearAlarm clear => new RuleAlarm
            {
                Rule = rule.Id,
                Condition = CompiledRule.AlarmConditionOf(clear.Rule),
                Active = false,
                At = at,
                Message = "",
                Priority = AlarmPriority.Low,
                Class = AlarmClass.Service,
            },
            SendCommand command => new RuleCommand
            {
                Id = (chain ?? cause).IdOf(hash),
                Rule = rule.Id,
                At = at,
                Name = command.Name,
                Arguments = command.Arguments.ToImmutableSortedDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal),
                Receivers = command.Target switch
                {
                    CommandTarget.ThisDevice => RuleReceivers.Device,
                    CommandTarget.GroupCabinet => RuleReceivers.Cabinet,
                    _ => RuleReceivers.Commune,
                },
                IsCut = chain is null,
            },
            OpenWorkOrder order => new RuleWorkOrder { Id = id, Rule = rule.Id, At = at, Note = order.Note },
            Notify notify => new RuleNotification { Id = id, Rule = rule.Id, At = at, Endpoint = notify.Endpoint, Message = notify.Message },
            SetFlag flag => new RuleFlag { Id = id, Rule = rule.Id, At = at, Name = flag.Name, IsSet = true },
            _ => throw new InvalidOperationException($"Rules have no action {action.GetType().Name}."),
        };
    }

    /// <summary>What lasts as long as the rule holds ends with it.</summary>
    private static void End(RuleFiring firing, string device, long offset, int place, ImmutableArray<DeviceEffect>.Builder effects)
    {
        var rule = firing.Rule;
        if (rule.Alarm is not null || firing.WasSuspended)
        {
            effects.Add(Alarm(firing, rule.Alarm ?? new RaiseAlarm("", AlarmPriority.Medium, AlarmClass.System), false));
        }

        for (var number = 0; number < rule.Rule.Then.Count; number++)
        {
            if (rule.Rule.Then.Items[number] is SetFlag flag)
            {
                var hash = Fingerprint.OfAction(rule.Key, device, offset, (place * RuleLimits.Actions) + number);
                effects.Add(new RuleFlag { Id = IdOf(hash), Rule = rule.Id, At = At(firing), Name = flag.Name, IsSet = false });
            }
        }
    }

    private static RuleAlarm Alarm(RuleFiring firing, RaiseAlarm alarm, bool isActive) => new()
    {
        Rule = firing.Rule.Id,
        Condition = firing.Rule.AlarmCondition,
        Active = isActive,
        At = At(firing),
        Message = alarm.Message,
        Priority = alarm.Priority,
        Class = alarm.Class,
    };

    private static string IdOf(string hash) => $"rule-{hash}";

    private static DateTimeOffset At(RuleFiring firing) => DateTimeOffset.FromUnixTimeMilliseconds(firing.At);
}
