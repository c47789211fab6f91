-- One database per service and one role that all services run with; it has no rights but those that each service's own migrations give it.
create role ar_service login password 'ar_service';
create database invoicing;
create database payments;
create database credit;
create database reminders;
create database collections;
