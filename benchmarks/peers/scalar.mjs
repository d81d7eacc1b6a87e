// Scalar's mock server as its documentation starts it, without its log: node scalar.mjs DOCUMENT PORT
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'

const [file, port] = process.argv.slice(2)
const app = await createMockServer({ document: JSON.parse(readFileSync(file, 'utf8')), logger: false })
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
