-- create --
-- An empty database that writes and sorts text as another one does.
CREATE DATABASE {name} TEMPLATE template0 ENCODING {encoding} LC_COLLATE {collation} LC_CTYPE {ctype}{locale}

-- by_icu --
-- Sorted by ICU.
 LOCALE_PROVIDER icu ICU_LOCALE {locale}

-- by_postgres --
-- Sorted by PostgreSQL itself.
 LOCALE_PROVIDER builtin BUILTIN_LOCALE {locale}

-- create_role --
-- A role that something names, and that can do nothing.
CREATE ROLE {name} NOLOGIN

-- roles --
-- Which of these roles there are.
SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%(names)s::text[])

-- logins --
-- Who logs in to foreign servers from here: each leads out of the copy, to what is real.
SELECT usename::text, srvname::text FROM pg_user_mappings

-- drop_login --
-- Nobody does.
DROP USER MAPPING FOR {role} SERVER {server}

-- analyze --
-- Plans go by what is known of the rows, and nothing is known of new ones.
ANALYZE

-- drop --
-- Gone with whoever is still in it.
DROP DATABASE IF EXISTS {name} WITH (FORCE)
