<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n lines</source>
   <translation>
    <numerusform>%n позиция</numerusform>
    <numerusform>%n позиции</numerusform>
    <numerusform>%n позиций</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n waiting</source>
   <translation>
    <numerusform>%n ждёт</numerusform>
    <numerusform>%n ждут</numerusform>
    <numerusform>%n ждут</numerusform>
   </translation>
  </message>
  <message>
   <source>A mistake of the till</source>
   <translation>Ошибка кассира</translation>
  </message>
  <message>
   <source>A senior confirms more than {limit}</source>
   <translation>Больше {limit} подтверждает старший</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>Добавить</translation>
  </message>
  <message>
   <source>Add {name}</source>
   <translation>Добавить: {name}</translation>
  </message>
  <message>
   <source>Added</source>
   <translation>Добавлено</translation>
  </message>
  <message>
   <source>Amount</source>
   <translation>Сумма</translation>
  </message>
  <message>
   <source>Another reason</source>
   <translation>Другая причина</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Применить</translation>
  </message>
  <message>
   <source>Available {points}</source>
   <translation>Доступно {points}</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Назад</translation>
  </message>
  <message>
   <source>Bring back</source>
   <translation>Вернуть</translation>
  </message>
  <message>
   <source>Camera</source>
   <translation>Камера</translation>
  </message>
  <message>
   <source>Camera off</source>
   <translation>Выключить камеру</translation>
  </message>
  <message>
   <source>Cancel the order</source>
   <translation>Отменить заказ</translation>
  </message>
  <message>
   <source>Category</source>
   <translation>Категория</translation>
  </message>
  <message>
   <source>Change cashier</source>
   <translation>Сменить кассира</translation>
  </message>
  <message>
   <source>Choose a reason</source>
   <translation>Выберите причину</translation>
  </message>
  <message>
   <source>Clear the search</source>
   <translation>Очистить поиск</translation>
  </message>
  <message>
   <source>Codes to scan: {count}</source>
   <translation>Осталось отсканировать: {count}</translation>
  </message>
  <message>
   <source>Delete the selected line</source>
   <translation>Удалить выбранную строку</translation>
  </message>
  <message>
   <source>Deleted: {name}</source>
   <translation>Удалено: {name}</translation>
  </message>
  <message>
   <source>Devices</source>
   <translation>Оборудование</translation>
  </message>
  <message>
   <source>Discount</source>
   <translation>Скидка</translation>
  </message>
  <message>
   <source>Discount {value}</source>
   <translation>Скидка {value}</translation>
  </message>
  <message>
   <source>Enter a discount</source>
   <translation>Введите скидку</translation>
  </message>
  <message>
   <source>Exchange and queue</source>
   <translation>Обмен и очередь</translation>
  </message>
  <message>
   <source>Favourites</source>
   <translation>Избранное</translation>
  </message>
  <message>
   <source>Find the guest</source>
   <translation>Найти гостя</translation>
  </message>
  <message>
   <source>Guest</source>
   <translation>Гость</translation>
  </message>
  <message>
   <source>Hold</source>
   <translation>Отложить</translation>
  </message>
  <message>
   <source>Hold the square code of the package here</source>
   <translation>Поднесите квадратный код с упаковки сюда</translation>
  </message>
  <message>
   <source>Hold the square code on the package to the scanner. One code, one piece</source>
   <translation>Поднесите квадратный код с упаковки к сканеру. Один код на одну штуку</translation>
  </message>
  <message>
   <source>Hotkeys</source>
   <translation>Горячие клавиши</translation>
  </message>
  <message>
   <source>It takes too long</source>
   <translation>Долго готовят</translation>
  </message>
  <message>
   <source>Kilograms</source>
   <translation>Килограммы</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Язык</translation>
  </message>
  <message>
   <source>Leave the search, then the selection</source>
   <translation>Выйти из поиска, потом снять выбор</translation>
  </message>
  <message>
   <source>Long wait</source>
   <translation>Долго ждали</translation>
  </message>
  <message>
   <source>Mistake in the order</source>
   <translation>Ошибка в заказе</translation>
  </message>
  <message>
   <source>More</source>
   <translation>Ещё</translation>
  </message>
  <message>
   <source>More products</source>
   <translation>Следующие товары</translation>
  </message>
  <message>
   <source>Name or SKU</source>
   <translation>Название, артикул</translation>
  </message>
  <message>
   <source>Name, SKU or barcode</source>
   <translation>Название, артикул или штрихкод</translation>
  </message>
  <message>
   <source>No orders on hold. Hold one with F7</source>
   <translation>Отложенных заказов нет. Отложить: F7</translation>
  </message>
  <message>
   <source>No scanner found</source>
   <translation>Сканер не найден</translation>
  </message>
  <message>
   <source>Note for the kitchen</source>
   <translation>Комментарий для кухни</translation>
  </message>
  <message>
   <source>Note to the order</source>
   <translation>Заметка к заказу</translation>
  </message>
  <message>
   <source>Nothing found. Check the spelling or scan the barcode</source>
   <translation>Ничего не найдено. Проверьте название или отсканируйте штрихкод</translation>
  </message>
  <message>
   <source>Number before a tap or a scan: ×3</source>
   <translation>Число перед плиткой или сканом: ×3</translation>
  </message>
  <message>
   <source>Offer of the day</source>
   <translation>Акция дня</translation>
  </message>
  <message>
   <source>On hold</source>
   <translation>Отложено</translation>
  </message>
  <message>
   <source>On-screen keyboard</source>
   <translation>Экранная клавиатура</translation>
  </message>
  <message>
   <source>One less</source>
   <translation>Меньше на один</translation>
  </message>
  <message>
   <source>One more</source>
   <translation>Больше на один</translation>
  </message>
  <message>
   <source>One more, one less of the selected line</source>
   <translation>Больше, меньше в выбранной строке</translation>
  </message>
  <message>
   <source>Only {name}</source>
   <translation>Только {name}</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message>
   <source>Order {number} is on hold</source>
   <translation>Заказ {number} отложен</translation>
  </message>
  <message>
   <source>Orders on hold</source>
   <translation>Отложенные заказы</translation>
  </message>
  <message>
   <source>Other</source>
   <translation>Другая</translation>
  </message>
  <message>
   <source>Pay, accept, next guest</source>
   <translation>Оплатить, принять, следующий гость</translation>
  </message>
  <message>
   <source>Percent</source>
   <translation>Процент</translation>
  </message>
  <message>
   <source>Pieces</source>
   <translation>Штуки</translation>
  </message>
  <message>
   <source>Previous products</source>
   <translation>Предыдущие товары</translation>
  </message>
  <message>
   <source>Put the order on hold</source>
   <translation>Отложить заказ</translation>
  </message>
  <message>
   <source>Quantity of the selected line</source>
   <translation>Количество в выбранной строке</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Причина</translation>
  </message>
  <message>
   <source>Recommended to add</source>
   <translation>Рекомендуем добавить</translation>
  </message>
  <message>
   <source>Regular guest</source>
   <translation>Постоянный гость</translation>
  </message>
  <message>
   <source>Remove discounts</source>
   <translation>Убрать скидки</translation>
  </message>
  <message>
   <source>Remove from the order</source>
   <translation>Убрать из чека</translation>
  </message>
  <message>
   <source>Repeat the order</source>
   <translation>Повторить заказ</translation>
  </message>
  <message>
   <source>SKU {sku}, {price}</source>
   <translation>Артикул {sku}, {price}</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Сохранить</translation>
  </message>
  <message>
   <source>Scan another</source>
   <translation>Сканировать другую</translation>
  </message>
  <message>
   <source>Scan the marking code</source>
   <translation>Отсканируйте код маркировки</translation>
  </message>
  <message>
   <source>Scanner ready</source>
   <translation>Сканер готов</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Поиск</translation>
  </message>
  <message>
   <source>Select a line</source>
   <translation>Выбрать строку</translation>
  </message>
  <message>
   <source>Sell again</source>
   <translation>Снять стоп</translation>
  </message>
  <message>
   <source>Send the queue now</source>
   <translation>Отправить очередь сейчас</translation>
  </message>
  <message>
   <source>Send to the kitchen</source>
   <translation>Отправить на кухню</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Объём</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>Звук</translation>
  </message>
  <message>
   <source>Staff</source>
   <translation>Сотрудник</translation>
  </message>
  <message>
   <source>Stop selling</source>
   <translation>На стоп</translation>
  </message>
  <message>
   <source>Take back the last change</source>
   <translation>Отменить последнее действие</translation>
  </message>
  <message>
   <source>Text size</source>
   <translation>Размер</translation>
  </message>
  <message>
   <source>The code cannot be read</source>
   <translation>Код не читается</translation>
  </message>
  <message>
   <source>The guest changed his mind</source>
   <translation>Гость передумал</translation>
  </message>
  <message>
   <source>The order goes to the kitchen</source>
   <translation>Заказ уходит на кухню</translation>
  </message>
  <message>
   <source>The product has run out</source>
   <translation>Закончился продукт</translation>
  </message>
  <message>
   <source>The whole code as it is printed</source>
   <translation>Весь код, как напечатан</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>Тема</translation>
  </message>
  <message>
   <source>This help</source>
   <translation>Эта подсказка</translation>
  </message>
  <message>
   <source>To the kitchen</source>
   <translation>На кухню</translation>
  </message>
  <message>
   <source>Type the code</source>
   <translation>Ввести код</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Отменить</translation>
  </message>
  <message>
   <source>Whole order</source>
   <translation>Весь заказ</translation>
  </message>
  <message>
   <source>Why is it taken back?</source>
   <translation>Почему отмена?</translation>
  </message>
  <message>
   <source>Will be</source>
   <translation>Станет</translation>
  </message>
  <message>
   <source>Without a code</source>
   <translation>Без кода</translation>
  </message>
  <message>
   <source>Without the discount</source>
   <translation>Без скидки</translation>
  </message>
  <message>
   <source>at least {count}</source>
   <translation>не меньше {count}</translation>
  </message>
  <message>
   <source>choose one</source>
   <translation>выберите одно</translation>
  </message>
  <message>
   <source>dark</source>
   <translation>тёмная</translation>
  </message>
  <message>
   <source>from {price}</source>
   <translation>от {price}</translation>
  </message>
  <message>
   <source>light</source>
   <translation>светлая</translation>
  </message>
  <message>
   <source>no receipt</source>
   <translation>без чека</translation>
  </message>
  <message>
   <source>none</source>
   <translation>нет</translation>
  </message>
  <message>
   <source>off</source>
   <translation>выключен</translation>
  </message>
  <message>
   <source>required</source>
   <translation>обязательно</translation>
  </message>
  <message>
   <source>sold out</source>
   <translation>закончилось</translation>
  </message>
  <message>
   <source>states, tests, settings</source>
   <translation>проверка и настройки</translation>
  </message>
  <message>
   <source>the last one here</source>
   <translation>последний на этой кассе</translation>
  </message>
  <message>
   <source>up to {count}</source>
   <translation>до {count}</translation>
  </message>
  <message>
   <source>what is not sent yet</source>
   <translation>что ещё не отправлено</translation>
  </message>
  <message>
   <source>{count} left</source>
   <translation>ещё {count}</translation>
  </message>
  <message>
   <source>{name} is sold out</source>
   <translation>{name}: закончилось</translation>
  </message>
  <message>
   <source>{price}
each</source>
   <translation>{price}
за штуку</translation>
  </message>
  <message>
   <source>{price}/kg</source>
   <translation>{price}/кг</translation>
  </message>
 </context>
</TS>
