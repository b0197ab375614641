import { join } from "node:path";

// A process like `trithuc serve`, of the code in the folder that its argument names. It looks at no migrations: a service that has been
// running since before them does not either.
const [folder = ""] = process.argv.slice(2);
type Main = typeof import("../../../src/main.ts");
const { makeApp, databaseOf } = (await import(join(folder, "src/main.ts"))) as Main;
const { readConfig } = (await import(join(folder, "src/config.ts"))) as typeof import("../../../src/config.ts");
const { keysOf } = (await import(join(folder, "src/store.ts"))) as typeof import("../../../src/store.ts");
const config = readConfig();
const app = await makeApp(config, databaseOf(config, { serviceUrl: config.DATABASE_URL! }), keysOf(config), () => "http://127.0.0.1");
await app.listen({ port: config.PORT, host: config.HOST });
process.stdout.write("http://127.0.0.1/docs\n");
