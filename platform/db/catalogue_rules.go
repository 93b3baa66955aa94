package db

// catalogueRule is a query for (object, problem) of everything that breaks it, and the list that may excuse an object.
type catalogueRule struct {
	name, sql  string
	exceptions func(Allow) map[string]string
}

// relations are the relations of the product, each with its plain name and the number of its column tenant_id.
const relations = `WITH rel AS (
	SELECT c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.relowner, c.reloptions, c.relname,
		CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
		(SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS tenant
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), tab AS (SELECT * FROM rel WHERE relkind IN ('r', 'p'))
`

// tenantExpression is how PostgreSQL prints the tenant of the transaction.
const tenantExpression = `(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid`

const tenantPolicy = `(tenant_id = ( SELECT ` + tenantExpression + ` AS "nullif"))`

var catalogueRules = []catalogueRule{
	{name: "global tables", exceptions: func(a Allow) map[string]string { return a.Global }, sql: relations + `
		SELECT name, 'has no tenant_id and is not on the list of global tables' FROM tab WHERE tenant IS NULL`},
	{name: "global tables that the application uses", sql: relations + `
		SELECT name, 'has no tenant_id, saaskit_app may use it, and row level security is not enabled and forced' FROM tab
		WHERE tenant IS NULL AND NOT (relrowsecurity AND relforcerowsecurity)
			AND (has_any_column_privilege('saaskit_app', oid, 'SELECT, INSERT, UPDATE, REFERENCES')
				OR has_table_privilege('saaskit_app', oid, 'DELETE, TRUNCATE, TRIGGER'))`},
	{name: "policies of global tables", sql: relations + `
		SELECT name, format('policy %s lets everybody through', p.polname) FROM tab JOIN pg_policy p ON p.polrelid = tab.oid
		WHERE tenant IS NULL AND p.polpermissive AND (pg_get_expr(p.polqual, p.polrelid) = 'true' OR pg_get_expr(p.polwithcheck, p.polrelid) = 'true')`},
	{name: "row level security", sql: relations + `
		SELECT name, 'row level security is not enabled' FROM tab WHERE tenant IS NOT NULL AND NOT relrowsecurity
		UNION ALL SELECT name, 'row level security is not forced' FROM tab WHERE tenant IS NOT NULL AND NOT relforcerowsecurity`},
	{name: "policies", sql: relations + `
		SELECT name, 'has no policy for all commands' FROM tab WHERE tenant IS NOT NULL
			AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = tab.oid AND p.polcmd = '*' AND p.polpermissive)
		UNION ALL
		SELECT name, format('policy %s is not the tenant''s in USING and in WITH CHECK: %s / %s', p.polname,
			coalesce(pg_get_expr(p.polqual, p.polrelid), 'nothing'), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'nothing'))
		FROM tab JOIN pg_policy p ON p.polrelid = tab.oid WHERE tenant IS NOT NULL AND p.polpermissive
			AND (pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM $expr$` + tenantPolicy + `$expr$
				OR pg_get_expr(p.polwithcheck, p.polrelid) IS DISTINCT FROM $expr$` + tenantPolicy + `$expr$)`},
	{name: "tenant_id", sql: relations + `
		SELECT name, 'tenant_id is not uuid NOT NULL with the transaction''s tenant as default' FROM tab
		JOIN pg_attribute a ON a.attrelid = tab.oid AND a.attnum = tab.tenant
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE NOT a.attnotnull OR a.atttypid <> 'uuid'::regtype
			OR pg_get_expr(d.adbin, d.adrelid) IS DISTINCT FROM $expr$` + tenantExpression + `$expr$`},
	{name: "primary keys", sql: relations + `
		SELECT name, 'has no primary key' FROM tab WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = tab.oid AND i.indisprimary)`},
	{name: "indexes", exceptions: func(a Allow) map[string]string { return a.Keys }, sql: relations + `
		SELECT name || '.' || i.indexrelid::regclass::text, 'the index does not start with tenant_id' FROM tab
		JOIN pg_index i ON i.indrelid = tab.oid WHERE tenant IS NOT NULL AND i.indkey[0] <> tenant`},
	{name: "foreign keys", exceptions: func(a Allow) map[string]string { return a.Keys }, sql: relations + `
		SELECT tab.name || '.' || k.conname, format('the foreign key to %s does not carry the tenant', target.name) FROM tab
		JOIN pg_constraint k ON k.conrelid = tab.oid AND k.contype = 'f' JOIN tab target ON target.oid = k.confrelid
		WHERE (tab.tenant IS NOT NULL OR target.tenant IS NOT NULL)
			AND NOT coalesce(k.conkey[1] = tab.tenant AND (k.confkey[1] = target.tenant OR target.name = 'tenants'), false)`},
	{name: "views", sql: relations + `
		SELECT name, 'the view is not security_invoker' FROM rel WHERE relkind = 'v'
			AND NOT coalesce('security_invoker=true' = ANY (reloptions) OR 'security_invoker=on' = ANY (reloptions), false)
		UNION ALL
		SELECT name, 'saaskit_app may read a materialized view, which row level security does not reach' FROM rel
			WHERE relkind = 'm' AND has_any_column_privilege('saaskit_app', oid, 'SELECT')
		UNION ALL
		SELECT name, 'saaskit_app may use a foreign table, which row level security does not reach' FROM rel
			WHERE relkind = 'f' AND has_any_column_privilege('saaskit_app', oid, 'SELECT, INSERT, UPDATE')`},
	{name: "definer functions", exceptions: func(a Allow) map[string]string { return a.Definers }, sql: functions + `
		SELECT name, 'the SECURITY DEFINER function is not on the list' FROM fn WHERE prosecdef`},
	{name: "definer functions' safety", sql: functions + `
		SELECT name, 'the SECURITY DEFINER function has no fixed search_path' FROM fn WHERE prosecdef
			AND NOT coalesce((SELECT bool_or(c LIKE 'search\_path=%' AND c NOT LIKE '%$user%') FROM unnest(proconfig) c), false)
		UNION ALL SELECT name, 'everybody may call the SECURITY DEFINER function' FROM fn
			WHERE prosecdef AND has_function_privilege('public', oid, 'EXECUTE')
		UNION ALL SELECT name, 'belongs to ' || pg_get_userbyid(proowner) || ', not to saaskit_owner' FROM fn
			WHERE pg_get_userbyid(proowner) <> 'saaskit_owner'`},
	{name: "owners", sql: relations + `
		SELECT name, 'belongs to ' || pg_get_userbyid(relowner) || ', not to saaskit_owner' FROM rel
		WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_get_userbyid(relowner) <> 'saaskit_owner'`},
	{name: "public grants", sql: relations + `
		SELECT name, 'everybody holds ' || x.privilege_type FROM rel, aclexplode(relacl) x WHERE x.grantee = 0
		UNION ALL SELECT name, format('everybody holds %s on column %s', x.privilege_type, a.attname)
		FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(a.attacl) x WHERE x.grantee = 0`},
	{name: "roles", sql: `
		SELECT rolname::text, 'is a superuser, or may create roles or databases, or replicate' FROM pg_roles
		WHERE rolname IN ('saaskit_app', 'saaskit_system') AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)
		UNION ALL SELECT rolname::text, 'has BYPASSRLS' FROM pg_roles WHERE rolname IN ('saaskit_app', 'saaskit_owner') AND rolbypassrls
		UNION ALL SELECT r.rolname::text, 'is a member of ' || g.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
			JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname IN ('saaskit_app', 'saaskit_system')
		UNION ALL SELECT r, 'may create schemas in the database' FROM unnest(ARRAY['saaskit_app', 'saaskit_system']) r
			WHERE has_database_privilege(r, current_database(), 'CREATE')
		UNION ALL SELECT r, 'may create temporary tables' FROM unnest(ARRAY['saaskit_app', 'saaskit_system']) r
			WHERE has_database_privilege(r, current_database(), 'TEMPORARY')
		UNION ALL SELECT r, 'may create objects in schema ' || nspname FROM unnest(ARRAY['saaskit_app', 'saaskit_system']) r, pg_namespace
			WHERE nspname !~ '^pg_(toast_)?temp' AND has_schema_privilege(r, oid, 'CREATE')
		UNION ALL SELECT 'saaskit_app', 'may call set_config'
			WHERE has_function_privilege('saaskit_app', 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')`},
}

// functions are the functions of the product.
const functions = `WITH fn AS (
	SELECT p.oid, p.prosecdef, p.proconfig, p.proowner,
		CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS name
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
)
`

// grantsSQL lists what the application role holds on tables, columns and sequences.
const grantsSQL = relations + `, held AS (
	SELECT name, x.privilege_type AS held FROM rel, aclexplode(relacl) x WHERE x.grantee = 'saaskit_app'::regrole
	UNION ALL
	SELECT name, x.privilege_type || ' (' || a.attname || ')' FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(a.attacl) x
		WHERE x.grantee = 'saaskit_app'::regrole
	) SELECT name, held FROM held ORDER BY name, held COLLATE "C"`
