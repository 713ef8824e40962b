using System.Reflection;
using System.Threading.Tasks.Sources;
using Grid.Runtime.CodeGeneration;

namespace Grid.Tests.Runtime;

/// <summary>The reply of a pooled call: it is used again, so that nobody may hold it still when its reader gives it back.</summary>
public class ReplySourceTests
{
    [Fact]
    public void A_reply_that_is_being_published_has_not_come_for_who_polls_it()
    {
        object reply = default(ReplySource<int>);
        typeof(ReplySource<int>).GetField("_completed", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(reply, true);

        Assert.Equal(ValueTaskSourceStatus.Pending, ((ReplySource<int>)reply).GetStatus(0));
    }

    [Fact]
    public void A_reply_that_has_come_is_seen_by_who_polls_it()
    {
        var reply = default(ReplySource<int>);

        reply.SetResult(7, null);

        Assert.Equal(ValueTaskSourceStatus.Succeeded, reply.GetStatus(0));
        reply.RequireReadable(0);
        Assert.Equal(7, reply.GetResult());
    }

    [Fact]
    public void A_reply_that_was_read_is_refused_to_a_second_reader()
    {
        var reply = default(ReplySource<int>);
        reply.SetResult(7, null);
        reply.RequireReadable(0);
        reply.Reset();

        Assert.Throws<InvalidOperationException>(() => reply.RequireReadable(0));
    }
}
