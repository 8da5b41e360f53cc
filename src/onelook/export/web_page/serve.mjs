// Serve this folder on this machine: `npm start`. Any other web server does as well.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = dirname(fileURLToPath(import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
  ".json": "application/json", ".wasm": "application/wasm", ".onnx": "application/octet-stream", ".png": "image/png",
};

const server = createServer((request, response) => {
  const headers = { "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache" };
  try {
    const asked = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const path = normalize(join(FOLDER, asked.endsWith("/") ? `${asked}index.html` : asked));
    if (!path.startsWith(FOLDER + sep) || !(extname(path) in TYPES) || !statSync(path).isFile()) throw new Error("not found");
    response.writeHead(200, { ...headers, "Content-Type": TYPES[extname(path)] });
    createReadStream(path).pipe(response);
  } catch {
    response.writeHead(404, headers).end("not found");
  }
});
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
