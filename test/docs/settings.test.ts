import { describe, expect, test } from "vitest";
import { Settings } from "../../src/config.ts";
import { page } from "./walk.ts";

type Row = { name: string; usual: string; text: string };

/** The rows of a settings table of the README. */
function rows(language: "vi" | "en"): Row[] {
  const [, table = ""] = new RegExp(`<!-- settings:${language} -->\\n([\\s\\S]*?)<!-- /settings -->`).exec(page("README.md")) ?? [];
  const lines = table.trim().split("\n").slice(2);
  return lines.map((line) => {
    const [, name = "", usual = "", text = ""] = line.split("|").map((cell) => cell.trim());
    return { name: name.replaceAll("`", ""), usual: usual.replaceAll("`", ""), text };
  });
}

const bare = ({ name, usual }: Row) => ({ name, usual });

const settings: Row[] = Object.entries(Settings.shape).map(([name, setting]) => {
  const usual = setting.safeParse(undefined).data;
  return { name, usual: usual === undefined ? "" : String(usual), text: setting.meta()?.description ?? "" };
});

describe("the README's table of settings", () => {
  test("says in English what the settings themselves say", () => {
    expect(rows("en")).toEqual(settings);
  });

  test("has every setting in Vietnamese too, with the same usual value", () => {
    expect(rows("vi").map(bare)).toEqual(settings.map(bare));
    expect(rows("vi").filter(({ text }) => text.length < 10)).toEqual([]);
  });
});
