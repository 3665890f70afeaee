import { z } from 'zod'
import { isOperator, type OperatorName, operandOf } from './filter-operators.ts'

const mostFilters = 25
/** In all filters of a subscription together. */
const mostValues = 25
/** Characters of a text to compare with. */
const longestValue = 512

const text = z.string().max(longestValue, `has at most ${longestValue} characters.`)
const number = z.number('must be a number.')
const range = z
  .tuple([number, number], 'must be a range: [least, most].')
  .refine(([least, most]) => least <= most, 'must be a range: [least, most].')
const some = <T extends z.ZodType>(one: T) => z.array(one, 'must be an array.').min(1, 'must not be empty.')

const operands = {
  number: { value: number },
  numbers: { values: some(number) },
  ranges: { values: some(range) },
  boolean: { value: z.boolean('must be true or false.') },
  texts: { values: some(text) },
  nothing: {},
}

const advancedSchema = z
  .looseObject({
    operatorType: z
      .string()
      .refine(isOperator, { error: ({ input }) => `is wrong: the operator "${input}" is unknown.` })
      .transform(name => name as OperatorName),
    key: z.string().min(1, 'must name what is looked at.'),
  })
  .superRefine((filter, context) => {
    if (!isOperator(filter.operatorType)) return
    const { operatorType: _, key: __, ...operand } = filter
    const parsed = z.strictObject(operands[operandOf(filter.operatorType)]).safeParse(operand)
    for (const { path, message } of parsed.error?.issues ?? []) context.addIssue({ code: 'custom', path, message })
  })

/** One condition. Operators with `value` compare with one, those with `values` with any of them. */
export interface AdvancedFilter {
  operatorType: string
  /** `data.a.b` reaches into the data. */
  key: string
  value?: unknown
  values?: unknown[]
}

/** Which events a subscription wants; everything given must hold. */
export interface Filter {
  includedEventTypes?: string[] | undefined
  subjectBeginsWith?: string | undefined
  subjectEndsWith?: string | undefined
  isSubjectCaseSensitive?: boolean | undefined
  advancedFilters?: AdvancedFilter[] | undefined
  enableAdvancedFilteringOnArrays?: boolean | undefined
}

/** A filter with the names of the service's templates. */
export const filterSchema: z.ZodType<Filter> = z.strictObject({
  includedEventTypes: z.array(z.string()).min(1, 'must not be empty.').optional(),
  subjectBeginsWith: z.string().optional(),
  subjectEndsWith: z.string().optional(),
  isSubjectCaseSensitive: z.boolean().optional(),
  advancedFilters: z
    .array(advancedSchema)
    .max(mostFilters, `are at most ${mostFilters} filters.`)
    .refine(filters => countValues(filters) <= mostValues, `have at most ${mostValues} values in all.`)
    .optional(),
  enableAdvancedFilteringOnArrays: z.boolean().optional(),
})

function countValues(filters: { [member: string]: unknown }[]): number {
  return filters.reduce(
    (sum, { value, values }) => sum + (Array.isArray(values) ? values.length : Number(value !== undefined)),
    0,
  )
}
