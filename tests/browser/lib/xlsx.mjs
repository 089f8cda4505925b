// The smallest workbook that programs accept: one sheet, text in place, stored without compression.
import { Buffer } from "node:buffer";

const TABLE = Array.from({ length: 256 }, (_, at) => { let c = at; for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0; });
const crc = (bytes) => (bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
const escape = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");

function zip(files) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, text] of files) {
    const bytes = Buffer.from(text), title = Buffer.from(name), fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0); fixed.writeUInt16LE(0x21, 8); fixed.writeUInt32LE(crc(bytes), 10); fixed.writeUInt32LE(bytes.length, 14); fixed.writeUInt32LE(bytes.length, 18); fixed.writeUInt16LE(title.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    parts.push(Buffer.from("PK\x03\x04"), fixed, title, bytes);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), fixed, entry, title);
    at += 30 + title.length + bytes.length;
  }
  const list = Buffer.concat(directory), end = Buffer.alloc(22);
  end.write("PK\x05\x06"); end.writeUInt16LE(files.length, 8); end.writeUInt16LE(files.length, 10); end.writeUInt32LE(list.length, 12); end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** The bytes of an .xlsx with these rows of text. */
export function workbook(rows) {
  const cells = (row, at) => row.map((text, column) => `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="inlineStr"><is><t>${escape(text)}</t></is></c>`).join("");
  const sheet = rows.map((row, at) => `<row r="${at + 1}">${cells(row, at)}</row>`).join("");
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml", packages = "http://schemas.openxmlformats.org/package/2006";
  return zip([
    ["[Content_Types].xml", `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`],
    ["_rels/.rels", `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="名册" sheetId="1" r:id="r1"/></sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`],
    ["xl/worksheets/sheet1.xml", `${head}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`],
  ]);
}
