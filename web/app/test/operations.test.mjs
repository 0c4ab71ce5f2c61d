// Every operation of the pages against the schema: a renamed field fails here, not on a dispatcher's screen.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildSchema, concatAST, parse, separateOperations, validate } from 'graphql'

const read = (dir, ending) =>
  readdirSync(dir)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(dir, name), 'utf8'))

const app = join(import.meta.dirname, '..')
const schema = buildSchema(read(join(app, '../../graph/schema'), '.graphqls').join('\n'))
const operations = separateOperations(concatAST(read(join(app, 'src/graph'), '.graphql').map((text) => parse(text))))

for (const [name, document] of Object.entries(operations)) {
  test(`${name} fits the schema`, () => {
    assert.deepEqual(
      validate(schema, document).map((error) => error.message),
      [],
    )
  })
}
