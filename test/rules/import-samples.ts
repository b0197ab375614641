import { analysed, formOf, rowsOf } from "../exchange/office.ts";
import type { Agent } from "../setup/registry.ts";
import type { Sample, Standing } from "./operations.ts";

const SHEET = "Họ và tên,Ngày sinh,Giới tính,Trình độ\nNguyễn Văn Mẫu,02/09/1985,Nam,Thạc sĩ\n";

/** A small spreadsheet; a number in it makes it another file. */
export const sheet = (n: number): string => SHEET.replace("1985", String(1950 + n));

/** A reading thread starts slowly on a machine that runs other tests beside. */
export const WAIT_MS = 40_000;

/** One sample of every operation on imports; each analyses a file of its own. */
export const IMPORT_SAMPLES: Record<string, (at: Standing) => Promise<Sample>> = {
  createImport: async ({ count }) => {
    const { body, type } = await formOf([
      ["organization_id", "SNV"],
      ["file", { name: "mau.csv", bytes: sheet(count()) }],
    ]);
    return { path: "/v1/imports?reason=M%E1%BA%ABu", body, contentType: type };
  },
  listImports: async () => ({ path: "/v1/imports?limit=2" }),
  getImport: async (at) => ({ path: `/v1/imports/${await standing(at)}` }),
  listImportRows: async (at) => ({ path: `/v1/imports/${await standing(at)}/rows?outcome=create` }),
  changeImport: async (at) => ({ path: `/v1/imports/${await standing(at)}`, body: { columns: [{ column: "D", field: "degrees.level" }] } }),
  decideImportRow: async (at) => {
    const id = await standing(at);
    const [row] = await rowsOf(at.importer, id);
    return { path: `/v1/imports/${id}/rows/${row.id}`, body: { decision: "skip" } };
  },
  commitImport: async (at) => ({ path: `/v1/imports/${await standing(at)}/commitment` }),
  cancelImport: async (at) => ({ path: `/v1/imports/${await standing(at)}` }),
};

const standing = async ({ importer, count }: { importer: Agent; count: () => number }): Promise<string> =>
  (await analysed(importer, "mau.csv", sheet(count()), { organization_id: "SNV" }, WAIT_MS)).id;
