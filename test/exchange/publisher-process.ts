import { startPublisher } from "../../src/exchange/changes/jobs.ts";
import { catalog } from "../../src/nouns.ts";

// A publisher as a process of its own, to be killed: says when it has looked once.
await startPublisher(process.argv[2]!, { clock: () => new Date(), catalog });
process.stdout.write("looked\n");
