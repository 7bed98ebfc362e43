# modules[0].functions[0].args[0].type (array_type.py:5): 'int xs[8]' is an array type, and C passes no arrays
#   help: write `int *` with buffer=8
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("sum", [ApiFunction("total", "int", [ApiArg("int xs[8]", "xs")])])])
