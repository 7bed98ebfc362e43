# modules[0].functions[0].args[0].dir (const_out.py:5): is 'out', but what `const char *` points to is const
#   help: use dir='in', or drop the const
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("io", [ApiFunction("gets", args=[ApiArg("const char *", "line", "out", buffer=80)])])])
