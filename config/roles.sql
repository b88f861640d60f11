-- The two roles and the database of the application, on a PostgreSQL of your own. Run it as a
-- superuser, with psql 15 or later; what is there already stays:
--
--   OWNER_PASSWORD=… APPLICATION_PASSWORD=… psql --file config/roles.sql
--
-- Then migrate, which makes the tables and grants the application's role its daily work.

\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD

SELECT format('CREATE ROLE chibo_owner LOGIN PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chibo_owner') \gexec

SELECT format('CREATE ROLE chibo LOGIN PASSWORD %L', :'application_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chibo') \gexec

SELECT 'CREATE DATABASE chibo OWNER chibo_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'chibo') \gexec

REVOKE ALL ON DATABASE chibo FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE chibo TO chibo;
