using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// How people ask the grid for something: again after a while, and after a refusal or a restart, until they are answered. What they ask may so be done more than once, and an
/// answer may be lost on its way; they hear one.
/// </summary>
/// <param name="world">The world that they are in.</param>
/// <param name="chance">Whether an answer is lost.</param>
/// <param name="what">What they ask for, as the trace names it.</param>
internal sealed class Asking(World world, Chance chance, string what)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <param name="id">Which one it is, for the trace.</param>
    /// <param name="ask">Asks for it; done again with another process after a restart.</param>
    /// <param name="hear">Hears the first answer that arrives.</param>
    public void Ask<TAnswer>(string id, Func<GridProcess, Task<TAnswer>> ask, Action<TAnswer> hear) => Ask(new Asked<TAnswer>(id, ask, hear));

    private void Ask<TAnswer>(Asked<TAnswer> asked)
    {
        if (asked.IsAnswered)
        {
            return;
        }

        if (world.Process is not { IsReady: true } process)
        {
            world.After(Soon, () => Ask(asked));
            return;
        }

        world.Trace.Add(what, asked.Id);
        process.Do(what, async () =>
        {
            TAnswer answer;
            try
            {
                answer = await asked.Ask(process);
            }
            catch (Exception refused) when (refused is IOException or TimeoutException or Orleans.Storage.InconsistentStateException)
            {
                world.Trace.Say($"{what} {asked.Id} was not taken: {refused.Message}");
                world.After(Soon, () => Ask(asked));
                return;
            }

            // The answer may be lost on its way.
            if (process.IsAlive && !asked.IsAnswered && !chance.Happens(world.Rates[Fault.MessageLoss]))
            {
                asked.IsAnswered = true;
                asked.Hear(answer);
            }
        });
        world.After(AnswerWithin, () => Ask(asked));
    }

    private sealed class Asked<TAnswer>(string id, Func<GridProcess, Task<TAnswer>> ask, Action<TAnswer> hear)
    {
        public string Id { get; } = id;

        public Func<GridProcess, Task<TAnswer>> Ask { get; } = ask;

        public Action<TAnswer> Hear { get; } = hear;

        public bool IsAnswered { get; set; }
    }
}
