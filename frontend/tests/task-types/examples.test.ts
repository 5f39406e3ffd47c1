import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadTaskTypes, taskType } from '../../src/task-types/index.ts';
import type { Json, Question, Records } from '../../src/task-types/question.ts';
import { Fault } from '../../src/task-types/validation.ts';

const TASK_TYPES = await loadTaskTypes();

interface Examples {
  readonly question: Question;
  readonly answers: readonly Json[];
  readonly invalid: readonly { readonly answer: Json; readonly pointer: string }[];
}

const FOLDER = '../tests/task_types/examples';
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

const examplesOf = (name: string): Examples => JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Examples;

test('every type of the list has examples', () => {
  assert.deepEqual(
    TASK_TYPES.map(({ name }) => name).filter((name) => !names.includes(name)),
    [],
  );
});

for (const name of names) {
  const type = taskType(name);
  if (type === undefined) continue;
  const { question, answers, invalid } = examplesOf(name);

  test(`${name}: an answer loaded and dumped is the same JSON`, () => {
    for (const answer of answers) {
      const records: Records = new Map(type.load(answer, question).map((record) => [record.id, record]));
      assert.deepEqual(type.dump(records), answer);
      type.check(answer, question);
    }
  });

  test(`${name}: a wrong answer is refused at the same place as the server does`, () => {
    for (const { answer, pointer } of invalid) {
      const refused = (fault: unknown): boolean => {
        assert.ok(fault instanceof Fault);
        assert.equal(fault.pointer, pointer, JSON.stringify(answer));
        return true;
      };
      assert.throws(() => type.check(answer, question), refused);
      // To load null is to begin with nothing.
      if (answer !== null) assert.throws(() => type.load(answer, question), refused);
    }
  });

  test(`${name}: every record says in words what it is`, () => {
    for (const answer of answers) {
      for (const record of type.load(answer, question)) assert.notEqual(type.describe(record, question), '');
    }
  });
}
