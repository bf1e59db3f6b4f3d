// Immortal objects (PEP 683): whoever looks at one writes no reference count to it, and a clone
// that writes nothing to a page copies nothing.
#pragma once

namespace forkjail::zygote {

// zygote, when all is imported and nothing else of Python will be freed: every object that exists
// now, and every one that these hold, is never freed and never counted again. A cell lives too
// short to want their memory back. sys.getrefcount() tells. Does nothing before CPython 3.12. Needs
// the GIL; allocates no Python object.
void make_objects_immortal();

}  // namespace forkjail::zygote
