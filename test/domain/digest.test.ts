import { digestOf, saltedDigest } from '@remit/domain/digest'
import { expect, test } from 'vitest'

// Digests stand in stored items, so each is held to a value that another program computed.

test.each<[name: string, value: unknown, digest: string]>([
  ['an empty object', {}, '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'],
  ['a text', 'x', 'ba2df4903a2c14e86dc3bcca58911b44ac1d2514b7227bf6eb08cfb978f55a1b'],
  [
    'members in another order',
    { b: [true, null], a: 1 },
    '1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668',
  ],
])('SHA-256 of %s', (_name, value, digest) => {
  expect(digestOf(value)).toBe(digest)
})

test('a salted digest is the HMAC-SHA256 of the text under its salt', () => {
  const rent = '455c8916b9ae5056e5e2bdd15b106e48e092430cb2c685ceff8fd03287027ac3'
  expect(saltedDigest('salt', { memo: 'rent' })).toBe(rent)
  expect(saltedDigest('another salt', { memo: 'rent' })).not.toBe(rent)
  expect(saltedDigest('salt', { memo: 'food' })).toBe(
    '13af7fa4bf1d1eb5c0a24033da9bcfdfc74f99ad5ffca966965d45418d2b2cd1',
  )
})
