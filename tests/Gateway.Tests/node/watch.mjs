// Watches a scope with the real client and writes each frame as a line of JSON: node watch.mjs ADDRESS TOKEN SCOPE OPTIONS
// Ends when its input ends.
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const [address, token, scope, options] = process.argv.slice(2);
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const connection = new HubConnectionBuilder()
  .withUrl(`${address}/hubs/live`, { accessTokenFactory: () => token })
  .configureLogging(LogLevel.None)
  .build();

try {
  await connection.start();
} catch (fault) {
  tell({ type: "refused", message: String(fault) });
  process.exit(0);
}

connection.stream("Watch", scope, JSON.parse(options)).subscribe({
  next: tell,
  complete: () => tell({ type: "completed" }),
  error: (fault) => tell({ type: "failed", message: String(fault) }),
});
process.stdin.on("end", async () => {
  await connection.stop();
  process.exit(0);
});
process.stdin.resume();
