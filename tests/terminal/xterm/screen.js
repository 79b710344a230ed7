// A headless xterm.js behind a pipe: one JSON request a line, one JSON answer a line.
// {"write": base64}, {"resize": [columns, rows]} or {"read": true}; a screen is, line by line, [text, width, pen] a cell.
"use strict";
const { Terminal } = require(process.argv[2]);
const terminal = new Terminal({ cols: +process.argv[3], rows: +process.argv[4], allowProposedApi: true });

const colour = (kind, base, rgb, palette, value) => {
  if (rgb) return `${kind};2;${value >> 16};${(value >> 8) & 255};${value & 255}`;
  if (!palette) return `${base}`;
  return value < 8 ? `${base - 9 + value}` : value < 16 ? `${base + 51 + value - 8}` : `${kind};5;${value}`;
};

const pen = (cell) => [
  colour(38, 39, cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
  colour(48, 49, cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
  [cell.isBold() && 1, cell.isDim() && 2, cell.isItalic() && 3, cell.isUnderline() && 4, cell.isInverse() && 7]
    .filter(Boolean)
    .join(";"),
];

const read = () => {
  const lines = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y);
    const cells = [];
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line.getCell(x);
      cells.push([cell.getChars(), cell.getWidth(), pen(cell)]);
    }
    lines.push(cells);
  }
  return lines;
};

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.write !== undefined) terminal.write(Buffer.from(request.write, "base64"), () => answer(true));
    else if (request.resize) answer(terminal.resize(...request.resize) || true);
    else answer(read());
  });
