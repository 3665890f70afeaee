import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { compileQuery } from '../../query/evaluation/compile.ts'
import { parseQuery } from '../../query/syntax/parser.ts'
import { answerQuery } from './query-items.ts'

/** All items in the order of creation, page by page. */
export function listItems(context: Context): CosmosAnswer {
  const container = context.engine.container(context.address)
  return answerQuery(context, container, { compiled: everything, parameters: new Map(), resume: undefined })
}

const everything = compileQuery(parseQuery('SELECT * FROM c'), new Map())
