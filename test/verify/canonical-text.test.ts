import { canonicalJson } from '@remit/domain/canonical-json'
import { canonicalContent, canonicalItem, canonicalText } from '@remit/verify/canonical-text'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('it is the canonical JSON of the domain, for whatever JSON can hold', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'grapheme' }), text => {
      const value = JSON.parse(text)
      expect(canonicalText(value)).toBe(canonicalJson(value))
    }),
  )
})

test('what the store adds is left out, and the hash of an append', () => {
  const item = { hash: 'h', b: { _inner: 1 }, a: [], _ts: 1, _etag: 'e' }
  expect(canonicalItem(item)).toBe('{"a":[],"b":{"_inner":1},"hash":"h"}')
  expect(canonicalContent(item)).toBe('{"a":[],"b":{"_inner":1}}')
})
