// Immortal objects (PEP 683): Python writes no reference counts to them, so a clone that only uses
// them copies no page.
#pragma once

namespace forkjail::zygote {

// zygote, after all imports, when no Python object will be freed any more: makes every existing
// object, and everything that these refer to, immortal. A cell is too short-lived to need their
// memory back. Visible in sys.getrefcount(). Does nothing before CPython 3.12. Needs the GIL;
// allocates no Python object.
void make_objects_immortal();

}  // namespace forkjail::zygote
