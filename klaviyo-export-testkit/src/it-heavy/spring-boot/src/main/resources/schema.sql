create table if not exists customer (
  id varchar(20) primary key,
  segment varchar(40) not null,
  email varchar(255),
  first_name varchar(100),
  ltv decimal(12, 2)
);
