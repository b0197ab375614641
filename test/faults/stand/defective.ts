import { readConfig } from "../../../src/config.ts";
import { makeApp } from "../../../src/main.ts";
import { keysOf } from "../../../src/store.ts";
import { defectiveDatabase } from "./defects.ts";

// A process like `trithuc serve`, from the same parts, one of which has the defect that its argument names.
const [defect = ""] = process.argv.slice(2);
const config = readConfig();
const app = await makeApp(config, defectiveDatabase(defect, config.DATABASE_URL!), keysOf(config), () => "http://127.0.0.1");
await app.listen({ port: config.PORT, host: config.HOST });
process.on("SIGTERM", () => (defect === "ends at once" ? process.exit(0) : void app.close().then(() => process.exit(0))));
process.stdout.write("http://127.0.0.1/docs\n");
