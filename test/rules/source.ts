import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A source file: its path from the root, its text, and the files of ours that it imports. */
export type Source = { path: string; text: string; imports: string[]; lines: number };

/** Every TypeScript file under a folder of the project. */
export function filesUnder(folder: string): Source[] {
  return pathsUnder(join(ROOT, folder))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .map((path) => {
      const text = readFileSync(path, "utf8");
      const own = relative(ROOT, path);
      return { path: own, text, imports: importsOf(own, text), lines: text.split("\n").length - 1 };
    });
}

/** The files of ours that a text imports, as paths from the root. */
export function importsOf(path: string, text: string): string[] {
  const found = [...text.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)"/gms), ...text.matchAll(/import\("(\.[^"]+)"\)/g)];
  return found.map(([, target]) => join(dirname(path), target!));
}

/** Every folder under one of the project, itself included, with what stands in it. */
export function foldersUnder(folder: string): { path: string; entries: string[] }[] {
  const path = join(ROOT, folder);
  const entries = readdirSync(path);
  const inner = entries.filter((name) => statSync(join(path, name)).isDirectory());
  return [{ path: folder, entries }, ...inner.flatMap((name) => foldersUnder(`${folder}/${name}`))];
}

function pathsUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? pathsUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** The code without comments and without what stands in strings and templates, line by line. */
export function codeOf(text: string): string[] {
  const bare = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(?<![:"'`\\])\/\/.*$/gm, "");
  return bare.split("\n");
}
