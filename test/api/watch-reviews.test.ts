import { memoryDocuments } from '@remit/documents/memory'
import { watchReviews } from '@remit/functions-reviews/follow-review'
import { LIST } from '@remit/functions-reviews/review-list'
import { expect, test } from 'vitest'

test('a review that cannot be accompanied holds up no other', async () => {
  const reviews = memoryDocuments({ partitionKey: 'list', now: () => 0 })
  for (const id of ['a', 'b']) {
    const item = { id, list: LIST, approvedBy: [], ended: false, waiting: true, open: true, order: id }
    await reviews.write({ kind: 'create', item })
  }
  const started: string[] = []
  const start = async (id: string) => {
    if (id === 'a') throw new Error('no')
    started.push(id)
  }
  const companions = { isRunning: async () => false, start, tellChange: async () => {} }
  await expect(watchReviews(reviews, companions)).rejects.toThrow('no')
  expect(started).toEqual(['b'])
})
