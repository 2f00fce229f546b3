// The one list of diagnostic codes. E1xx rule file, E2xx condition and output syntax, E3xx names, E4xx types and constants,
// E5xx limits, W7xx warnings. A number is never reused (E509 was one). `falco` is the code that Falco reports in the same
// situation (FATAL: its process ends without a result; empty: it has no such message), `reason` the short label that tells
// situations of one Falco code apart, `step` the point of Falco's load at which the problem shows (falco-result.ts).

/** In the order in which Falco looks at one item. */
export const STEPS = [
  'read',
  'exception',
  'container_info',
  'output',
  'deprecated_field',
  'syntax',
  'names',
  'na',
  'types',
  'constants',
  'unused',
] as const;
export type Step = (typeof STEPS)[number];

export interface CodeRow {
  readonly code: DiagnosticCode;
  readonly title: string;
  readonly level: 'error' | 'warning';
  readonly falco: string;
  readonly reason: Reason;
  readonly step: Step;
}

// biome-ignore format: one row a line
const ROWS = [
  ['E101', 'error', 'LOAD_ERR_YAML_PARSE', 'read', 'yaml_syntax', 'the file is not YAML'],
  ['E102', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'document_is_map', 'a document is a map, not a sequence of items'],
  ['E103', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'document_is_scalar', 'a document is a single value, not a sequence of items'],
  ['E104', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'item_not_a_map', 'an item is not a map'],
  ['E105', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'missing_key', 'a required key is absent'],
  ['E106', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'null_value', 'a key has no value'],
  ['E107', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'empty_value', 'a value is the empty text'],
  ['E108', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'not_a_scalar', 'a sequence or map stands where a single value is expected'],
  ['E109', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'bad_scalar_type', 'a value is not of the expected type'],
  ['E110', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'not_a_sequence', 'a value is not a sequence'],
  ['E111', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'item_not_scalar', 'a sequence element is not a single value'],
  ['E112', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'bad_priority', 'unknown priority'],
  ['E113', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'bad_engine_version', 'the required engine version is not a version'],
  ['E114', 'error', 'LOAD_ERR_VALIDATE', 'read', 'engine_too_old', 'the file requires a newer engine'],
  ['E115', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'plugin_versions_not_a_sequence', 'plugin requirements or alternatives are not a sequence'],
  ['E116', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'plugin_entry_not_a_map', 'a plugin requirement is not a map'],
  ['E117', 'error', 'LOAD_ERR_VALIDATE', 'read', 'bad_plugin_version', 'a required plugin version is not a version'],
  ['E118', 'error', 'LOAD_ERR_VALIDATE', 'read', 'duplicate_plugin_alternative', 'one requirement names a plugin twice'],
  ['E119', 'error', 'FATAL', 'read', 'plugin_version_incompatible', 'no loaded plugin satisfies a requirement'],
  ['E120', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'append_and_override', 'an item has both append and override'],
  ['E121', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'bad_override_operation', 'an override is neither append nor replace'],
  ['E122', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'key_not_appendable', 'a key cannot be appended to'],
  ['E123', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'key_not_replaceable', 'a key cannot be replaced'],
  ['E124', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'key_without_override', 'a key of an overriding item is not listed under override'],
  ['E125', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'override_without_key', 'an override names a key that the item lacks'],
  ['E126', 'error', 'LOAD_ERR_VALIDATE', 'read', 'override_not_a_map', 'an override is not a map of single values'],
  ['E127', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'exceptions_not_a_sequence', 'exceptions are not a sequence'],
  ['E128', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'exception_not_a_map', 'an exception is not a map'],
  ['E129', 'error', 'LOAD_ERR_YAML_VALIDATE', 'read', 'exception_values_not_a_sequence', 'values of an exception are not a sequence'],
  ['E201', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'empty_condition', 'the condition is empty'],
  ['E202', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_check', 'a check, a macro or a bracket is expected'],
  ['E203', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_operator', 'an operator is expected'],
  ['E204', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_number', 'a number is expected'],
  ['E205', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_string', 'a value is expected'],
  ['E206', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_list', 'a list of values is expected'],
  ['E207', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_list_item', 'a list element is expected'],
  ['E208', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_close_paren', 'a closing bracket is expected'],
  ['E209', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_field_arg', 'a field argument is expected'],
  ['E210', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_close_bracket', 'a closing square bracket is expected'],
  ['E211', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_field_in_val', 'val() takes a field'],
  ['E212', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_transformer_arg', 'a transformer argument is expected'],
  ['E213', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_transformer_list_item', 'an element of a transformer list is expected'],
  ['E214', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_transformer_close', 'the closing bracket of a transformer is expected'],
  ['E215', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'missing_blank_after_keyword', 'a blank is expected after a keyword'],
  ['E216', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'trailing_input', 'text is left over after the condition'],
  ['E217', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'bad_escape', 'unknown escape in a quoted value'],
  ['E218', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'invalid_hex_escape', 'bad hexadecimal escape'],
  ['E219', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'truncated_hex_escape', 'a hexadecimal escape is cut short'],
  ['E220', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'mismatched_quote_escape', 'an escaped quote of the other kind'],
  ['E221', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'max_depth', 'the condition is nested too deeply'],
  ['E222', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'expected_field', 'a field is expected'],
  ['E231', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'empty_output', 'the output is empty'],
  ['E232', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'output_trailing_percent', 'the output ends in a percent sign'],
  ['E233', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'output_trailing_number', 'a width is not followed by a field'],
  ['E234', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'unknown_output_token', 'a percent sign is not followed by a known field'],
  ['E301', 'error', 'LOAD_ERR_VALIDATE', 'names', 'undefined_macro', 'unknown macro'],
  ['E302', 'error', 'LOAD_ERR_VALIDATE', 'names', 'macro_loop', 'macros refer to each other in a circle'],
  ['E303', 'error', 'LOAD_ERR_VALIDATE', 'read', 'append_missing_list', 'no list to append to'],
  ['E304', 'error', 'LOAD_ERR_VALIDATE', 'read', 'append_missing_macro', 'no macro to append to'],
  ['E305', 'error', 'LOAD_ERR_VALIDATE', 'read', 'append_missing_rule', 'no rule to append to'],
  ['E306', 'error', 'LOAD_ERR_VALIDATE', 'read', 'replace_missing_rule', 'no rule to override'],
  ['E307', 'error', 'LOAD_ERR_VALIDATE', 'read', 'enabled_without_rule', 'no rule to enable or disable'],
  ['E308', 'error', 'LOAD_ERR_VALIDATE', 'read', 'append_nothing', 'an append item brings nothing to append'],
  ['E309', 'error', 'LOAD_ERR_VALIDATE', 'read', 'source_mismatch', 'a rule changes its source'],
  ['E310', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_without_fields', 'an exception has no fields'],
  ['E311', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_without_values', 'an appended exception has no values'],
  ['E312', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_append_fields', 'fields of an existing exception cannot change'],
  ['E313', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_append_comps', 'operators of an existing exception cannot change'],
  ['E314', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_comps_length', 'an exception has not one operator per field'],
  ['E315', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_comps_not_scalar', 'an exception with one field takes one operator'],
  ['E316', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_scalar_comp', 'this operator is not possible for an exception with one field'],
  ['E317', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_bad_operator', 'unknown operator in an exception'],
  ['E318', 'error', 'LOAD_ERR_VALIDATE', 'read', 'exception_bad_field', 'unknown field in an exception'],
  ['E319', 'error', 'LOAD_ERR_VALIDATE', 'exception', 'exception_value_not_scalar', 'values of an exception with one field are single values'],
  ['E320', 'error', 'LOAD_ERR_VALIDATE', 'exception', 'exception_values_length', 'a value of an exception has not one element per field'],
  ['E321', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'unknown_field', 'unknown field'],
  ['E322', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'field_arg_required', 'the field needs an argument'],
  ['E323', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'field_arg_not_allowed', 'the field takes no argument'],
  ['E324', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'field_arg_bad_index', 'the argument is not an index'],
  ['E325', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'field_arg_unbalanced', 'the argument holds a blank or a square bracket'],
  ['E326', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'unknown_extra_field', 'unknown field in appended output fields'],
  ['E327', 'error', 'LOAD_ERR_COMPILE_OUTPUT', 'output', 'duplicate_extra_field', 'an appended output field is named twice'],
  ['E401', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'operator_type_mismatch', 'the operator does not fit the type of the field'],
  ['E402', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'rhs_type_mismatch', 'the two sides have different types'],
  ['E403', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'rhs_field_not_supported', 'no field is possible on the right side'],
  ['E404', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'transformer_type_mismatch', 'the transformer does not fit the type'],
  ['E405', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'transformer_arg_type', 'a transformer argument has the wrong type'],
  ['E406', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'transformer_bad_selector', 'a selector in square brackets is not possible here'],
  ['E407', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'transformer_arity', 'wrong number of transformer arguments'],
  ['E408', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'bad_bool', 'not a boolean'],
  ['E409', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'bad_number', 'not a number of this type'],
  ['E410', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'bad_ip', 'not an IP address'],
  ['E411', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'bad_cidr', 'not an IP network'],
  ['E412', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'bad_regex', 'not a regular expression'],
  ['E413', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'value_too_long', 'a constant is too long'],
  ['E414', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'nul_in_value', 'a constant holds a NUL byte'],
  ['E501', 'error', 'LOAD_ERR_YAML_PARSE', 'read', 'file_too_large', 'the rule file is too large'],
  ['E502', 'error', 'LOAD_ERR_YAML_PARSE', 'read', 'too_many_aliases', 'YAML aliases expand to too many nodes'],
  ['E503', 'error', 'LOAD_ERR_YAML_PARSE', 'read', 'yaml_too_deep', 'the YAML is nested too deeply'],
  ['E504', 'error', 'LOAD_ERR_VALIDATE', 'types', 'too_many_rules', 'too many rules'],
  ['E505', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'condition_too_large', 'the condition is too large once lists are substituted'],
  ['E506', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'syntax', 'conditions_too_large', 'all conditions together are too large once lists are substituted'],
  ['E507', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'macros_too_large', 'the condition is too large once macros are expanded'],
  ['E508', 'error', 'LOAD_ERR_COMPILE_CONDITION', 'types', 'regex_too_large', 'the regular expression needs too large an automaton'],
  ['W701', 'warning', 'LOAD_UNKNOWN_SOURCE', 'read', 'unknown_source', 'unknown event source'],
  ['W702', 'warning', 'LOAD_UNSAFE_NA_CHECK', 'na', 'na_comparison', 'comparison with the text of a missing value'],
  ['W704', 'warning', 'LOAD_UNKNOWN_FILTER', 'types', 'unknown_field', 'unknown field, the rule is skipped'],
  ['W705', 'warning', 'LOAD_UNKNOWN_FILTER', 'output', 'unknown_output_token', 'unknown field in the output, the rule is skipped'],
  ['W706', 'warning', 'LOAD_UNUSED_MACRO', 'unused', 'unused', 'unused macro'],
  ['W707', 'warning', 'LOAD_UNUSED_LIST', 'unused', 'unused', 'unused list'],
  ['W708', 'warning', 'LOAD_UNKNOWN_ITEM', 'read', 'unknown_item', 'unknown kind of item'],
  ['W709', 'warning', 'LOAD_UNKNOWN_KEY', 'read', 'unknown_key', 'unknown key'],
  ['W710', 'warning', 'LOAD_DEPRECATED_ITEM', 'read', 'append_flag', 'the append key is deprecated'],
  ['W711', 'warning', 'LOAD_DEPRECATED_ITEM', 'read', 'standalone_enabled', 'an item with enabled alone is deprecated'],
  ['W712', 'warning', 'LOAD_DEPRECATED_ITEM', 'container_info', 'container_info', '%container.info is deprecated'],
  ['W713', 'warning', 'LOAD_DEPRECATED_ITEM', 'deprecated_field', 'deprecated_field', 'deprecated field'],
  ['W714', 'warning', 'LOAD_APPEND_NO_VALUES', 'read', 'no_values', 'an appended exception has no values'],
  ['W715', 'warning', 'LOAD_EXCEPTION_NAME_NOT_UNIQUE', 'read', 'duplicate_exception', 'two exceptions of one name'],
  ['W716', 'warning', 'LOAD_INVALID_MACRO_NAME', 'read', 'invalid_name', 'impossible macro name'],
  ['W717', 'warning', 'LOAD_INVALID_LIST_NAME', 'read', 'invalid_name', 'impossible list name'],
  ['W718', 'warning', 'LOAD_COMPILE_CONDITION', 'constants', 'constant_looks_like_field', 'a constant looks like a field'],
  ['W719', 'warning', 'LOAD_COMPILE_CONDITION', 'constants', 'constant_looks_like_transformer', 'a constant looks like a transformer'],
  ['W720', 'warning', 'LOAD_COMPILE_CONDITION', 'constants', 'regex_could_be_simpler', 'a simpler operator would do'],
  ['W721', 'warning', '', 'types', 'other_source', 'the rule is for an event source that is not evaluated here'],
  ['W722', 'warning', '', 'read', 'duplicate_key', 'a key occurs twice in one item'],
  ['W723', 'warning', '', 'constants', 'odd_character', 'a constant holds a character that looks like another'],
  ['W724', 'warning', '', 'read', 'unread_documents', 'an empty document ends the file'],
  ['W725', 'warning', '', 'read', 'redefinition', 'an item is defined twice in one file'],
  ['W726', 'warning', '', 'constants', 'misspelt_list', 'a value is nearly the name of a list'],
  ['W731', 'warning', '', 'na', 'missing_value_text', 'comparison with the text that stood for a missing value'],
  ['W732', 'warning', '', 'types', 'never_true', 'a condition, or a part of it, can never be true'],
  ['W733', 'warning', '', 'types', 'always_true', 'a condition, or a part of it, is always true'],
  ['W734', 'warning', '', 'exception', 'exception_without_effect', 'an exception, or a value of it, excludes nothing'],
  ['W735', 'warning', '', 'syntax', 'append_precedence', 'an appended condition binds to a part of what stands before it'],
  ['W736', 'warning', '', 'types', 'depends_on_semantics', 'the result of a rule depends on the choice of semantics'],
  ['W737', 'warning', '', 'types', 'field_never_set', 'a field that events of this source never have'],
  ['W738', 'warning', '', 'constants', 'integer_range', 'a range of whole numbers is compared as text'],
  ['W741', 'warning', '', 'types', 'containers_only', 'init or ephemeral containers get around the rule'],
  ['W742', 'warning', '', 'types', 'create_only', 'an update or a patch gets around the rule'],
  ['W743', 'warning', '', 'types', 'no_subresource_guard', 'requests to subresources are taken for the object'],
  ['W744', 'warning', '', 'types', 'one_element_hides', 'one element of a list hides the others'],
  ['W745', 'warning', '', 'types', 'missing_image', 'a missing image turns an allow list into a match'],
  ['W746', 'warning', '', 'types', 'denied_session', 'a refused session is reported like one that was opened'],
] as const;

export type DiagnosticCode = (typeof ROWS)[number][0];
export type Reason = (typeof ROWS)[number][4];

export const CODES: readonly CodeRow[] = ROWS.map(([code, level, falco, step, reason, title]) => ({
  code,
  title,
  level,
  falco,
  reason,
  step,
}));

const BY_CODE: ReadonlyMap<DiagnosticCode, CodeRow> = new Map(CODES.map((row) => [row.code, row]));

/** The row of a code. */
export function rowOf(code: DiagnosticCode): CodeRow {
  return BY_CODE.get(code)!;
}

/**
 * The code of a reason. A reason that several rows share (`unused`, `unknown_field` ...) is told apart by its Falco code;
 * without one the first row counts, which is the error.
 */
export function codeOf(reason: Reason, falco?: string): DiagnosticCode {
  return CODES.find((row) => row.reason === reason && (falco === undefined || row.falco === falco))!.code;
}
