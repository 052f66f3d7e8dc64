// The verifier as one file that needs no server: script and style stand in the page, allowed by
// their hashes alone, and nothing else may load, run or be asked.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const LOCALE = new URL("../../src/openline/locale/", import.meta.url);
const CATALOGUES = "virtual:catalogues";

/** The rows of a gettext file, each `msgid` and `msgstr` in one row. */
function rowsOf(language: string): Record<string, string> {
  const written = readFileSync(new URL(`${language}.verifier.po`, LOCALE), "utf-8");
  const pairs = written.matchAll(/^msgid (".+")\nmsgstr (".+")$/gm);
  return Object.fromEntries(
    [...pairs].map(([, id, text]) => [JSON.parse(id!) as string, JSON.parse(text!) as string]),
  );
}

function catalogues(): Plugin {
  return {
    name: "catalogues",
    resolveId: (id) => (id === CATALOGUES ? `\0${CATALOGUES}` : undefined),
    load: (id) =>
      id === `\0${CATALOGUES}`
        ? `export default ${JSON.stringify({ ru: rowsOf("ru"), ar: rowsOf("ar") })}`
        : undefined,
  };
}

const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      let script = "";
      let style = "";
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === "chunk") script += part.code.replaceAll("</script", "<\\/script");
        else if (name.endsWith(".css")) style += String(part.source);
        else continue;
        delete bundle[name];
      }
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("the page is not there");
      const policy = [
        "default-src 'none'",
        `script-src ${hashOf(script)}`,
        `style-src ${hashOf(style)}`,
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join("; ");
      page.fileName = "verify.html";
      page.source = String(page.source)
        .replace(/\s*<(?:script|link)\b[^>]*?(?:src|href)="[^"]*"[^>]*>(?:<\/script>)?/g, "")
        .replace(
          '<meta charset="utf-8" />',
          (meta) =>
            `${meta}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
        )
        .replace("</head>", () => `  <style>${style}</style>\n  </head>`)
        .replace(
          "</body>",
          () => `<script type="module">${script}</script>\n    ${licences()}\n  </body>`,
        );
    },
  };
}

/** What the licences of what is put into the page ask for: that they go along. */
function licences(): string {
  const packages = ["curves", "hashes", "post-quantum"];
  const texts = packages.map((name) => {
    const file = new URL(`../node_modules/@noble/${name}/LICENSE`, import.meta.url);
    return `@noble/${name}\n${readFileSync(file, "utf-8")}`;
  });
  return `<!--\nThis page holds parts of:\n\n${texts.join("\n").replaceAll("--", "- -")}-->`;
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [catalogues(), oneFile()],
  build: {
    outDir: "../../src/openline/faces/console/verifier",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    target: "es2023",
  },
});
