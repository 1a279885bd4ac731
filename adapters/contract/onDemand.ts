/** Properties of a view that are made when they are first asked for. */

const OWNER = Symbol('owner');

interface Owned<Owner> {
  [OWNER]?: Owner;
}

/**
 * Returns a function that adds properties to a view; reading one of them reads it from the view's owner. All views share
 * the getters: V8 makes a hidden class for an object with a getter of its own, and keeps that class, with all that the
 * getter refers to, until its next full garbage collection.
 */
export function onDemand<Owner, Name extends keyof Owner & string>(
  ...names: readonly Name[]
): <View extends object>(view: View, owner: Owner) => View & Pick<Owner, Name> {
  const getters: PropertyDescriptorMap = {};
  for (const name of names)
    getters[name] = {
      enumerable: true,
      configurable: true,
      get(this: Owned<Owner>) {
        return this[OWNER]?.[name];
      },
    };
  return <View extends object>(view: View & Owned<Owner>, owner: Owner) => {
    view[OWNER] = owner;
    return Object.defineProperties(view, getters) as View & Pick<Owner, Name>;
  };
}
