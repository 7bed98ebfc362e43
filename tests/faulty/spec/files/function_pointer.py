# modules[0].functions[0].args[0].type (function_pointer.py:5): 'void (*)(int)' spells a function pointer, whose name would stand inside the type
#   help: give it a name in a header, `typedef int (*callback)(int);`, and write `callback`
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("os", [ApiFunction("on", args=[ApiArg("void (*)(int)", "handler")])])])
