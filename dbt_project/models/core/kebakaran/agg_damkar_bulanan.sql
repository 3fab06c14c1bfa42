with kejadian as ({{ damkar_terhitung() }}) {{ roll_up("kejadian", ukuran_damkar()) }}
