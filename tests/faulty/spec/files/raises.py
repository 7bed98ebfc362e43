# raises.py:4: the spec file raised NameError when it was run
#
#     File "raises.py", line 4, in <module>
api_spec = ApiSpecs([])
