"""`postfuze-mock exec --each-assumption`: the command once under the mock's own choices, and once under each
alternative of each assumption, to show what in it leans on what nobody promised."""
