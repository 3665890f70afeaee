import { randomUUID } from 'node:crypto'
import type { LogLevel } from '@azure/functions'
import type { InputBinding, OutputBinding } from './bindings/binding.ts'
import type { BindingData } from './bindings/expression.ts'
import type { FunctionMetadata, Handler, InvocationRequest, InvocationResponse, Log, LogCategory } from './core-api.ts'
import type { App } from './load-app.ts'
import { messageOf } from './start-error.ts'

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

/** An invocation without its id, which every attempt gets anew. */
export interface Invocation extends Omit<InvocationRequest, 'invocationId'> {
  /** What `{name}` stands for in the function's other bindings. */
  bindingData?: BindingData
}

/** Runs functions through the library, and knows how many are running. */
export interface Invoker {
  /** Calls the function once. Rejects with what the function threw, or when it took too long. */
  invoke(target: LoadedFunction, invocation: Invocation): Promise<InvocationResponse>
  /** Resolves when nothing is running any more, or after `limit` milliseconds. Answers what still runs. */
  drain(limit: number): Promise<number>
}

/** Calls every hook of one kind, one after another. */
export async function runHooks(app: App, name: string, context: Record<string, unknown>): Promise<void> {
  const hooks = app.hooks.get(name)
  if (!hooks) return
  for (const hook of hooks) await hook(context)
}

/** Writes a log line after the app's own log hooks have seen, and maybe changed, it. */
function logThroughHooks(target: LoadedFunction, invocationId: string, log: Log) {
  return (level: LogLevel, category: LogCategory, message: string): void => {
    const context = { level, category, message, hookData: {}, appHookData: target.app.appHookData }
    for (const hook of target.app.hooks.get('log') ?? []) hook(context)
    const { level: finalLevel, message: finalMessage } = context
    log({ at: Date.now(), level: finalLevel, category, message: finalMessage, functionName: target.name, invocationId })
  }
}

/** Reads what the function gets beside its trigger, calls it, and writes what it answers. */
async function runWithBindings(
  target: LoadedFunction,
  { bindingData = {}, ...request }: Invocation & { invocationId: string },
  log: Log,
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

async function withTimeout<T>(running: Promise<T>, limit: number): Promise<T> {
  if (limit < 0) return running
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Timeout value of ${limit} ms was exceeded.`)), limit)
  })
  try {
    return await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}

/** @param log receives what functions and the library write, and every failure. */
export function createInvoker(log: Log): Invoker {
  let running = 0
  let idle: (() => void) | undefined
  return {
    async invoke(target, invocation) {
      const invocationId = randomUUID()
      running++
      try {
        return await withTimeout(
          runWithBindings(target, { ...invocation, invocationId }, log),
          target.app.hostJson.functionTimeout,
        )
      } catch (error) {
        const message = `Function "${target.name}" failed: ${error instanceof Error ? error.stack : messageOf(error)}`
        log({ at: Date.now(), level: 'error', category: 'system', message, functionName: target.name, invocationId })
        throw error
      } finally {
        running--
        if (running === 0) idle?.()
      }
    },
    async drain(limit) {
      if (running === 0) return 0
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        idle = resolve
        timer = setTimeout(resolve, limit)
      })
      clearTimeout(timer)
      return running
    },
  }
}
