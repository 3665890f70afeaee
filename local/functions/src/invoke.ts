import { randomUUID } from 'node:crypto'
import type { InputBinding, OutputBinding } from './bindings/binding.ts'
import type { BindingData } from './bindings/expression.ts'
import type { FunctionMetadata, Handler, InvocationRequest, InvocationResponse, Log } from './core-api.ts'
import type { App } from './load-app.ts'
import { logThroughHooks, reportInvocation } from './logging/log-invocation.ts'

/** A function as its app registered it. */
export interface RegisteredFunction {
  app: App
  name: string
  metadata: FunctionMetadata
  handler: Handler
  /** The name of the trigger's binding. */
  triggerName: string
}

/** A registered function, ready to be called. */
export interface LoadedFunction extends RegisteredFunction {
  /** Read before it is called. */
  inputs: InputBinding[]
  /** Written when it is through. */
  outputs: OutputBinding[]
}

/** An invocation; every attempt gets an id of its own unless it is given. */
export interface Invocation extends Omit<InvocationRequest, 'invocationId'> {
  invocationId?: string
  /** What `{name}` stands for in the function's other bindings. */
  bindingData?: BindingData
  /** Why the function is called, for the log. */
  reason?: string
}

/** Runs functions through the library, and knows how many are running. */
export interface Invoker {
  /** Calls the function once. Rejects with what the function threw, or when it took too long. */
  invoke(target: LoadedFunction, invocation: Invocation): Promise<InvocationResponse>
  /** Resolves when nothing is running any more, or after `limit` milliseconds. Answers what still runs. */
  drain(limit: number): Promise<number>
  /** What runs fails now, and nothing begins any more: what happens to callers when a worker process dies. */
  fail(error: Error): void
}

/** Calls every hook of one kind, one after another. */
export async function runHooks(app: App, name: string, context: Record<string, unknown>): Promise<void> {
  const hooks = app.hooks.get(name)
  if (!hooks) return
  for (const hook of hooks) await hook(context)
}

/** Reads what the function gets beside its trigger, calls it, and writes what it answers. */
async function runWithBindings(
  target: LoadedFunction,
  request: InvocationRequest,
  { bindingData, log }: { bindingData: BindingData; log: Log },
): Promise<InvocationResponse> {
  if (target.inputs.length === 0 && target.outputs.length === 0) return runOnce(target, request, log)
  const extra = await Promise.all(
    target.inputs.map(async ({ name, read }) => ({ name, data: (await read(bindingData)) ?? {} })),
  )
  const answer = await runOnce(target, { ...request, inputData: [...request.inputData, ...extra] }, log)
  for (const { name, write } of target.outputs) {
    const value = name === '$return' ? answer.returnValue : answer.outputData?.find(one => one.name === name)?.data
    if (value !== undefined && value !== null) await write(value, bindingData)
  }
  return answer
}

/** One invocation in the worker's own order: arguments, hooks before, the handler, hooks after, the answer. */
async function runOnce(target: LoadedFunction, request: InvocationRequest, log: Log): Promise<InvocationResponse> {
  const { app } = target
  const core: Record<string, unknown> = {
    invocationId: request.invocationId,
    metadata: target.metadata,
    request,
    state: undefined,
    log: logThroughHooks(target, request.invocationId, log),
  }
  const model = app.model.getInvocationModel(core)
  const { context, inputs } = await model.getArguments()
  const shared = { hookData: {}, appHookData: app.appHookData, invocationContext: context }
  const before = { ...shared, inputs, functionCallback: target.handler }
  if (app.hooks.has('preInvocation')) {
    core.state = 'preInvocationHooks'
    await runHooks(app, 'preInvocation', before)
  }
  const after: Record<string, unknown> = { ...shared, inputs: before.inputs, result: null, error: null }
  core.state = 'invocation'
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error ?? new Error('Unknown error')
  }
  if (app.hooks.has('postInvocation')) {
    core.state = 'postInvocationHooks'
    await runHooks(app, 'postInvocation', after)
  }
  core.state = undefined
  if (after.error !== null && after.error !== undefined) throw after.error
  return model.getResponse(context, after.result)
}

/**
 * @param log receives what functions and the library write, and how every invocation went.
 * @param stirred is told of every beginning and end.
 */
export function createInvoker(log: Log, stirred: () => void = () => {}): Invoker {
  const running = new Set<(error: Error) => void>()
  let idle: (() => void) | undefined
  let failed = false

  async function invoke(target: LoadedFunction, invocation: Invocation): Promise<InvocationResponse> {
    if (failed) return new Promise(() => {})
    const { bindingData = {}, reason, invocationId = randomUUID(), ...rest } = invocation
    const report = reportInvocation(target, invocationId, log)
    report.begun(reason)
    stirred()
    const limit = target.app.hostJson.functionTimeout
    const { promise: cut, reject } = Promise.withResolvers<never>()
    const late = () => reject(new Error(`Timeout value of ${limit} ms was exceeded by function: ${target.name}`))
    const timer = limit < 0 ? undefined : setTimeout(late, limit)
    running.add(reject)
    try {
      const answer = await Promise.race([cut, runWithBindings(target, { ...rest, invocationId }, { bindingData, log })])
      report.succeeded()
      return answer
    } catch (error) {
      report.failed(error)
      throw error
    } finally {
      clearTimeout(timer)
      running.delete(reject)
      stirred()
      if (running.size === 0) idle?.()
    }
  }

  return {
    invoke,
    async drain(limit) {
      if (running.size === 0) return 0
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        idle = resolve
        timer = setTimeout(resolve, limit)
      })
      clearTimeout(timer)
      return running.size
    },
    fail(error) {
      failed = true
      for (const reject of running) reject(error)
    },
  }
}
