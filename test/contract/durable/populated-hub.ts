import { openTestHub, type Sample, type TestHub } from './durable-harness.ts'

/** A hub with an instance of every kind. */
export async function populatedHub(sample: Sample): Promise<TestHub> {
  const hub = openTestHub(sample)
  await hub.start('waitFor', ['go'], 'running')
  await hub.start('returnInput', { a: 1 }, 'completed')
  await hub.start('failing', {}, 'failed')
  await hub.start('waitFor', ['go'], 'terminated')
  await hub.request('POST', 'instances/terminated/terminate?reason=enough')
  await hub.start('waitFor', ['go'], 'suspended')
  await hub.request('POST', 'instances/suspended/suspend?reason=later')
  await hub.durable.idle()
  return hub
}
