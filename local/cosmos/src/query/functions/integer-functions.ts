import { type BuiltIns, definerOf, isInteger } from './function-table.ts'

/** Arithmetic of 64-bit integers, which goes round at its ends. What is no integer gives undefined. */
export const integerFunctions: BuiltIns = new Map()
const define = definerOf(integerFunctions)

const BITS = 64

function integers(name: string, apply: (a: bigint, b: bigint) => bigint | undefined): void {
  define(name, 2, (a, b) => {
    if (!isInteger(a) || !isInteger(b)) return undefined
    const result = apply(BigInt(a), BigInt(b))
    return result === undefined ? undefined : Number(BigInt.asIntN(BITS, result))
  })
}

const isShift = (count: bigint) => count >= 0n && count < BITS

integers('INTADD', (a, b) => a + b)
integers('INTSUB', (a, b) => a - b)
integers('INTMUL', (a, b) => a * b)
integers('INTDIV', (a, b) => (b === 0n ? undefined : a / b))
integers('INTMOD', (a, b) => (b === 0n ? undefined : a % b))
integers('INTBITAND', (a, b) => a & b)
integers('INTBITOR', (a, b) => a | b)
integers('INTBITXOR', (a, b) => a ^ b)
integers('INTBITLEFTSHIFT', (a, b) => (isShift(b) ? a << b : undefined))
integers('INTBITRIGHTSHIFT', (a, b) => (isShift(b) ? a >> b : undefined))
define('INTBITNOT', 1, a => (isInteger(a) ? Number(~BigInt(a)) : undefined))
