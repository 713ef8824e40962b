using Grid.Grains.Intake;

namespace Grid.Tests.City;

public sealed class IntakeGateTests
{
    [Fact]
    public async Task A_change_waits_for_those_inside_and_holds_the_others_back()
    {
        var gate = new IntakeGate();
        await gate.EnterAsync();
        var mayEnd = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        var change = gate.CloseWhileAsync(async () =>
        {
            began.SetResult();
            await mayEnd.Task;
        });
        Assert.False(began.Task.IsCompleted);

        var late = gate.EnterAsync();
        Assert.False(late.IsCompleted);
        gate.Leave();
        await began.Task;
        Assert.False(late.IsCompleted);

        mayEnd.SetResult();
        await change;
        await late;
        gate.Leave();
    }

    [Fact]
    public async Task A_change_that_fails_opens_the_gate_again()
    {
        var gate = new IntakeGate();
        await Assert.ThrowsAsync<InvalidOperationException>(() => gate.CloseWhileAsync(() => throw new InvalidOperationException()));
        Assert.True(gate.EnterAsync().IsCompletedSuccessfully);
    }
}
