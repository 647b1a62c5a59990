// One call by one npm SDK, as a program that knows only the model's name: `sdks.mjs MODULES SDK MODEL PROMPT`.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, name, model, prompt] = process.argv.slice(2)
const require = createRequire(`${modules}/`)

const SDKS = {
  async openai() {
    const { default: OpenAI } = require('openai')
    return (await new OpenAI().responses.create({ model, input: prompt })).output_text
  },
  async '@anthropic-ai/sdk'() {
    const { default: Anthropic } = require('@anthropic-ai/sdk')
    const messages = [{ role: 'user', content: prompt }]
    return (await new Anthropic().messages.create({ model, max_tokens: 100, messages })).content
  },
  async '@google/genai'() {
    const { GoogleGenAI } = require('@google/genai')
    const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY })
    return (await client.models.generateContent({ model, contents: prompt })).text
  },
}

console.log(
  model === '--version'
    ? JSON.parse(readFileSync(`${modules}/${name}/package.json`, 'utf8')).version
    : await SDKS[name](),
)
