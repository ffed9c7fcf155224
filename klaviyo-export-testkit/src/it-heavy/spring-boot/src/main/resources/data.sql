insert into customer values
  ('c-17', 'vip-eu', 'ada@shop.example', 'Ada', 1200.50),
  ('c-18', 'vip-eu', 'grace@shop.example', 'Grace', 950),
  ('c-19', 'vip-eu', 'not an address', null, 10);
