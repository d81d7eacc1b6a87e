// The shapes of calls and answers, by the names of the operations.

import type { operations } from "./generated/control.js";

type Id = keyof operations;
type Json<Message> = Message extends { content: { "application/json": infer Value } } ? Value : undefined;
type Success<Responses> = Responses[keyof Responses & (200 | 201 | 202 | 204)];

/** The JSON body that an operation takes. */
export type Body<Name extends Id> = Json<NonNullable<operations[Name]["requestBody"]>>;

/** The query that an operation takes. */
export type Query<Name extends Id> = NonNullable<operations[Name]["parameters"]["query"]>;

/** The query of a list. `limit` is how many entries are wanted, all by default: the client follows the cursors. */
export type ListQuery<Name extends Id> = Omit<Query<Name>, "cursor">;

/** The JSON answer of an operation; undefined where there is none. */
export type Answer<Name extends Id> = Json<Success<operations[Name]["responses"]>>;

/** An entry of the list that an operation answers with. */
export type Entry<Name extends Id> = Answer<Name> extends { data: (infer Each)[] } ? Each : never;
