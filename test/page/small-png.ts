import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])

/** Colours a palette can have. */
const MOST = 256

/** The same picture in the 256 colours it has most of, a third of the size: what a browser encodes is quick and large. */
export function smallPng(png: Buffer): Buffer {
  const { header, data } = chunksOf(png)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const channels = header[9] === 6 ? 4 : 3
  const pixels = unfiltered(inflateSync(data), width * channels, channels)
  const colors = Array.from({ length: width * height }, (_, at) => pixels.readUIntBE(at * channels, 3))
  const counts = new Map<number, number>()
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1)
  const palette = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, MOST)
  const places = new Map([...counts.keys()].map(color => [color, nearest(palette, color)]))
  const indexed = Buffer.alloc(height * (width + 1))
  for (const [at, color] of colors.entries()) {
    indexed[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = places.get(color) ?? 0
  }
  return encoded(header, palette, indexed)
}

function nearest(palette: readonly number[], color: number): number {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + Math.abs(((other >> shift) & 0xff) - ((color >> shift) & 0xff)), 0)
  const distances = palette.map(distance)
  return distances.indexOf(Math.min(...distances))
}

function chunksOf(png: Buffer) {
  const data: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(body)
  }
  return { header: png.subarray(16, 29), data: Buffer.concat(data) }
}

/** Undoes the five filters of PNG (RFC 2083, section 6). */
function unfiltered(filtered: Buffer, stride: number, bytes: number): Buffer {
  const rows = filtered.length / (stride + 1)
  const out = Buffer.alloc(rows * stride + 1)
  for (let row = 0; row < rows; row++) {
    const filter = filtered[row * (stride + 1)] ?? 0
    for (let at = 0; at < stride; at++) {
      const left = at < bytes ? 0 : (out[row * stride + at - bytes] ?? 0)
      const up = row === 0 ? 0 : (out[(row - 1) * stride + at] ?? 0)
      const corner = row === 0 || at < bytes ? 0 : (out[(row - 1) * stride + at - bytes] ?? 0)
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      out[row * stride + at] = (filtered[row * (stride + 1) + 1 + at] ?? 0) + guess
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function encoded(header: Buffer, colors: readonly number[], indexed: Buffer): Buffer {
  const palette = Buffer.alloc(colors.length * 3)
  for (const [index, color] of colors.entries()) palette.writeUIntBE(color, index * 3, 3)
  const paletted = Buffer.from(header)
  paletted[9] = 3
  const data = deflateSync(indexed, { level: 9 })
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', paletted),
    chunk('PLTE', palette),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body])
  const around = Buffer.alloc(8)
  around.writeUInt32BE(body.length, 0)
  around.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)])
}
