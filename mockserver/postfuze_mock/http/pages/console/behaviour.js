// How a platform behaves towards an account.
import {field, form, input, number, select} from "./form.js";
import {fieldsOf, valuesOf} from "./spec.js";

// {node, update(behaviour)}: what somebody is about to change is left alone.
export function behaviour(path) {
  const fields = fieldsOf("Behaviour").map((name) => {
    const values = valuesOf("Behaviour", name);
    const control = values.length ? select(values) : input({inputmode: "numeric"});
    return {...field(name, control, {pointer: `/behaviour/${name}`}), name, counts: !values.length};
  });
  let known = {};
  const value = (each) => (each.counts ? number(each) : each.control.value);
  const body = () => ({
    behaviour: Object.fromEntries(
      fields.filter((each) => value(each) !== known[each.name]).map((each) => [each.name, value(each)]),
    ),
  });
  const {node, changed} = form({
    label: "Behaviour",
    submit: "Set behaviour",
    fields,
    call: () => ({method: "PATCH", path, body: body()}),
    done: () => "Behaviour set",
  });
  return {
    node,
    update(told) {
      for (const each of fields)
        if (each.control.value === String(known[each.name] ?? "") || known[each.name] === undefined)
          each.control.value = told[each.name];
      known = told;
      changed();
    },
  };
}
